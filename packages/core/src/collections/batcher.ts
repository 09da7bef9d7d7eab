import { mapPacked } from "./map-packed.js";

class Call<In, Out> {
  constructor(
    readonly item: In,
    readonly resolve: (value: Out) => void,
    readonly reject: (error: unknown) => void,
  ) {}
}

/** Collects the calls of one event-loop turn into one batch. */
export class Batcher<In, Out> {
  readonly #run: (items: readonly In[]) => Promise<readonly Out[]>;
  readonly #largest: number;
  #waiting: Call<In, Out>[] = [];
  #isScheduled = false;

  /**
   * @param run does a batch: one outcome for each item, in order; if it rejects, each call of the batch does
   * @param largest the most items of one batch. A batch is made as soon as so many wait, otherwise at the end of the
   * turn
   */
  constructor(run: (items: readonly In[]) => Promise<readonly Out[]>, largest = 500) {
    this.#run = run;
    this.#largest = largest;
  }

  /** Adds an item to the next batch. Resolves to its outcome. */
  add(item: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(new Call(item, resolve, reject));
      if (this.#waiting.length >= this.#largest) this.#flush();
      else this.#flushLater();
    });
  }

  /** Makes the batch now, if anything waits for it. */
  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length > 0) void this.#do(batch);
  }

  #flushLater(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  async #do(batch: readonly Call<In, Out>[]): Promise<void> {
    try {
      const outcomes = await this.#run(mapPacked(batch, (call) => call.item));
      batch.forEach((call, index) => {
        call.resolve(outcomes[index] as Out);
      });
    } catch (error) {
      for (const call of batch) call.reject(error);
    }
  }
}
