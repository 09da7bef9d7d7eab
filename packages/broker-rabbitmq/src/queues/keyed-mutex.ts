/** Runs actions for one name in turn, and actions for different names at the same time. */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Settles as `action` does, which begins when those before it under this name have ended. */
  runExclusive<A>(name: string, action: () => Promise<A>): Promise<A> {
    const mine = this.ended(name).then(action);
    const ended = mine
      .catch(() => undefined)
      .then(() => {
        if (this.#last.get(name) === ended) this.#last.delete(name);
      });
    this.#last.set(name, ended);
    return mine;
  }

  /** Resolves when the actions under this name that have begun or are waiting now have ended. */
  ended(name: string): Promise<unknown> {
    return this.#last.get(name) ?? Promise.resolve();
  }
}
