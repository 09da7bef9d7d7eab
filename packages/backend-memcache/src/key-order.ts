/** Runs tasks for one key one after the other, and tasks for different keys at the same time. */
export class KeyOrder {
  readonly #last = new Map<string, Promise<unknown>>();

  /** `task` must not reject. */
  async run<Value>(key: string, task: () => Promise<Value>): Promise<Value> {
    const before = this.#last.get(key);
    const running = before ? before.then(task) : task();
    this.#last.set(key, running);
    const value = await running;
    if (this.#last.get(key) === running) this.#last.delete(key);
    return value;
  }
}
