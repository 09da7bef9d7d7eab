interface Call<In, Out> {
  readonly item: In;
  resolve(value: Out): void;
  reject(error: unknown): void;
}

/** Collects the calls of one turn of the event loop, or of less, and makes one of them: what makes the drivers' batches. */
export class Batcher<In, Out> {
  readonly #run: (items: readonly In[]) => Promise<readonly Out[]>;
  readonly #largest: number;
  readonly #schedule: (flush: () => void) => void;
  #waiting: Call<In, Out>[] = [];
  #scheduled = false;

  /**
   * @param run does a batch: one outcome for each item, in their order; where it rejects, each call of the batch does
   * @param largest the most items of one batch
   * @param schedule calls what it is given when the batch is to be made: at the end of this turn by default;
   * `process.nextTick` makes it as soon as what runs now is done, for callers that collected calls themselves
   */
  constructor(
    run: (items: readonly In[]) => Promise<readonly Out[]>,
    largest = 500,
    schedule: (flush: () => void) => void = setImmediate,
  ) {
    this.#run = run;
    this.#largest = largest;
    this.#schedule = schedule;
  }

  /** Adds an item to the next batch. Resolves to its outcome. */
  add(item: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      this.#schedule(() => this.flush());
    });
  }

  /** Makes the batch now, where anything waits for it. */
  flush(): void {
    this.#scheduled = false;
    const all = this.#waiting;
    this.#waiting = [];
    for (let from = 0; from < all.length; from += this.#largest)
      void this.#do(all.slice(from, from + this.#largest));
  }

  async #do(batch: readonly Call<In, Out>[]): Promise<void> {
    try {
      const outcomes = await this.#run(batch.map((call) => call.item));
      batch.forEach((call, index) => {
        call.resolve(outcomes[index] as Out);
      });
    } catch (error) {
      for (const call of batch) call.reject(error);
    }
  }
}
