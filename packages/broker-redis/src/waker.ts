import { bounded, ErrorCode, YTaskError } from "@ytask/core/driver";
import type { Connection } from "@ytask-internal/redis-connection";
import type { QueueKeys } from "./queue-keys.js";

/** How long Redis blocks, in seconds. Afterwards every server checks whether something was left for others. */
const blockSeconds = 2;
/** How long beyond that an answer may take before the connection counts as dead. */
const graceMs = 2_000;
/** How often to look instead while Redis refuses to block, as it does at maxmemory, in milliseconds. */
const refusedMs = 200;

/**
 * Wakes a server when its queue gets a message. The blocking move only wakes: what it moves goes to a list that all
 * servers share, since ioredis and Redis may go on moving messages for a server that is gone.
 */
export class Waker {
  readonly #connection: Connection;
  readonly #keys: QueueKeys;
  #blocking = false;
  #closed = false;
  #nudged = false;
  #wake: (() => void) | undefined;

  /** @param connection a separate connection, since a blocking call holds up all others */
  constructor(connection: Connection, keys: QueueKeys) {
    this.#connection = connection;
    this.#keys = keys;
  }

  /** Resolves when there may be a message, or after `waitMs`. One wait at a time. */
  async wait(waitMs: number): Promise<void> {
    if (!this.#nudged && !this.#closed && !this.#blocking) void this.#block();
    await this.nudged(waitMs);
  }

  /** Resolves at a nudge, or after `waitMs`. */
  async nudged(waitMs: number): Promise<void> {
    if (!this.#nudged && !this.#closed) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await bounded(woken, waitMs, () => undefined);
    }
    this.#wake = undefined;
    this.#nudged = false;
  }

  /** Ends the wait, or the next one. */
  nudge(): void {
    this.#nudged = true;
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#connection.close();
    this.nudge();
  }

  async #block(): Promise<void> {
    this.#blocking = true;
    try {
      await this.#connection.use(
        (client) => client.blmove(this.#keys.queue, this.#keys.arrived, "LEFT", "RIGHT", blockSeconds),
        blockSeconds * 1_000 + graceMs,
      );
    } catch (error) {
      await this.#rest(error);
    } finally {
      this.#blocking = false;
      this.nudge();
    }
  }

  /** A refusal is answered at once, so the next try must wait. The server itself reports what is wrong. */
  async #rest(error: unknown): Promise<void> {
    if (this.#closed || YTaskError.isInstance(error, ErrorCode.Closed)) return;
    await new Promise((resolve) => setTimeout(resolve, refusedMs));
  }
}
