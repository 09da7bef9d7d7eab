import type { Routing } from "../router.js";
import { DelayedQueue } from "./delayed-queue.js";
import type { Engine } from "./engine.js";
import type { Tally } from "./finisher.js";
import { Group } from "./group.js";

/**
 * What a server runs for a group: the group, and with `goCompatible` also the delayed queue that the Go original keeps
 * for it.
 */
export class ServedGroup {
  readonly #group: Group;
  readonly #delayedQueue: DelayedQueue | undefined;

  /** Starts both or none. Rejects as the broker's subscribe does. */
  static async start(
    engine: Engine,
    name: string,
    concurrency: number,
    routing: Routing,
  ): Promise<ServedGroup> {
    // The group last: it runs tasks at once, which could only be given back if the other did not start.
    const delayedQueue = engine.options.goCompatible ? await DelayedQueue.start(engine, name) : undefined;
    try {
      return new ServedGroup(await Group.start(engine, name, concurrency, routing), delayedQueue);
    } catch (error) {
      await delayedQueue?.close().catch(() => undefined);
      throw error;
    }
  }

  private constructor(group: Group, delayedQueue: DelayedQueue | undefined) {
    this.#group = group;
    this.#delayedQueue = delayedQueue;
  }

  /** How many tasks ended, and how many were given back, since `stop`. */
  get tally(): Readonly<Tally> {
    return this.#group.tally;
  }

  /** Starts no more tasks. */
  stop(): void {
    this.#group.stop();
  }

  /** Resolves once every task that was received is settled. */
  drained(): Promise<void> {
    return this.#group.drained();
  }

  /** Fires the signals of the tasks that still run. */
  fireSignals(): void {
    this.#group.fireSignals();
  }

  /** Gives back what is not settled. Tries to close both, and rejects if either cannot be closed. */
  async close(): Promise<void> {
    const attempts = await Promise.allSettled([this.#group.close(), this.#delayedQueue?.close()]);
    for (const attempt of attempts) if (attempt.status === "rejected") throw attempt.reason;
  }
}
