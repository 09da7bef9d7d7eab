/** How long a loop rests after a failure, in milliseconds. */
const afterFailureMs = 500;

/** Repeats a step, one at a time, until it is stopped. A failure is reported once, and again only when it changes. */
export class Loop {
  readonly #step: () => Promise<number>;
  readonly #onError: (error: Error) => void;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #running = false;
  #again = false;
  #reported = "";

  /** @param step resolves to how long to rest before the next, in milliseconds */
  constructor(step: () => Promise<number>, onError: (error: Error) => void) {
    this.#step = step;
    this.#onError = onError;
  }

  /** Starts, or does the next step at once. */
  hurry(): void {
    clearTimeout(this.#timer);
    if (this.#running) this.#again = true;
    else void this.#run();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    if (this.#stopped) return;
    this.#running = true;
    this.#again = false;
    const restMs = await this.#step().then(
      (ms) => {
        this.#reported = "";
        return ms;
      },
      (error: Error) => {
        this.#report(error);
        return afterFailureMs;
      },
    );
    this.#running = false;
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#run(), this.#again ? 0 : restMs);
  }

  #report(error: Error): void {
    if (this.#stopped || error.message === this.#reported) return;
    this.#reported = error.message;
    this.#onError(error);
  }
}
