import { Batcher } from "./batcher.js";

type Key = string | number;

/** A batcher for each key: a batch has items of one key, and waits for no other batch. */
export class KeyedBatcher<In, Out> {
  readonly #keyOf: (item: In) => Key;
  readonly #run: (items: readonly In[]) => Promise<readonly Out[]>;
  readonly #largest: number | undefined;
  /** The batchers in which items wait: there may be any number of keys. */
  readonly #batchers = new Map<Key, Batcher<In, Out>>();

  /** @param run and `largest` are those of a `Batcher` */
  constructor(
    keyOf: (item: In) => Key,
    run: (items: readonly In[]) => Promise<readonly Out[]>,
    largest?: number,
  ) {
    this.#keyOf = keyOf;
    this.#run = run;
    this.#largest = largest;
  }

  /** Adds an item to the next batch of its key. Resolves to its outcome. */
  add(item: In): Promise<Out> {
    const key = this.#keyOf(item);
    let batcher = this.#batchers.get(key);
    if (batcher === undefined) {
      const run = (items: readonly In[]) => {
        this.#batchers.delete(key);
        return this.#run(items);
      };
      batcher = new Batcher(run, this.#largest);
      this.#batchers.set(key, batcher);
    }
    return batcher.add(item);
  }
}
