import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Delivery, Outcome, Settlement, SubscribeOptions, Subscription } from "@ytask/core/driver";
import type { Note } from "./file-broker.js";
import type { Change, JobStore } from "./store/job-store.js";

/** Does something with the store; throws only YTaskErrors. */
type Use = <T>(action: (store: JobStore<Note>) => T) => T;

/** How often to look for new messages, in milliseconds. A real server would announce them. */
const lookEveryMs = 20;

/** A server's hold on a queue: the holder of what it takes, for as long as its lease is renewed. */
export class FileSubscription implements Subscription {
  readonly #id = randomUUID();
  readonly #out = new Map<string, Delivery>();
  readonly #use: Use;
  readonly #queue: string;
  readonly #leaseMs: number;
  readonly #options: SubscribeOptions;
  readonly #renewing: NodeJS.Timeout;
  #isClosed = false;

  constructor(use: Use, queue: string, leaseMs: number, options: SubscribeOptions) {
    this.#use = use;
    this.#queue = queue;
    this.#leaseMs = leaseMs;
    this.#options = options;
    this.#use((store) => store.renew(queue, this.#id, leaseMs));
    this.#renewing = setInterval(() => this.#renew(), leaseMs / 3);
  }

  async receive(limit: number, waitMs: number): Promise<readonly Delivery[]> {
    const endMs = performance.now() + waitMs;
    for (;;) {
      if (this.#isClosed) return [];
      const room = Math.min(limit, this.#options.maxUnsettled - this.#out.size);
      const jobs = this.#use((store) => store.reserve(this.#queue, this.#id, room));
      const taken = jobs.map(({ id, body, deaths }): Delivery => ({ id, body, redeliveries: deaths }));
      for (const delivery of taken) this.#out.set(delivery.id, delivery);
      const leftMs = endMs - performance.now();
      if (taken.length > 0 || leftMs <= 0) return taken;
      await sleep(Math.min(lookEveryMs, Math.ceil(leftMs)));
    }
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly Outcome[]> {
    try {
      const wasHeld = this.#use((store) => store.change(this.#queue, this.#id, settlements.map(changeOf)));
      for (const { delivery } of settlements) this.#out.delete(delivery.id);
      return wasHeld.map((held) => (held ? "settled" : "lost"));
    } catch {
      return settlements.map(() => "unknown"); // core settles again, and then learns what happened
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#renewing);
    try {
      this.#use((store) => store.leave(this.#queue, this.#id));
    } catch (error) {
      this.#options.onError(error as Error); // a YTaskError; what it held is free when its lease is over
    }
  }

  #renew(): void {
    try {
      const held = this.#use((store) => store.renew(this.#queue, this.#id, this.#leaseMs));
      const lost = [...this.#out.values()].filter(({ id }) => !held.has(id));
      for (const { id } of lost) this.#out.delete(id);
      if (lost.length > 0) this.#options.onLost(lost);
    } catch (error) {
      this.#options.onError(error as Error); // a YTaskError
    }
  }
}

function changeOf(settlement: Settlement): Change<Note> {
  const { id } = settlement.delivery;
  if (settlement.kind === "release") return { id, giveBack: true };
  if (settlement.kind === "replace") return { id, put: settlement.by };
  if (settlement.kind === "ack") return { id };
  return { id, deadLetter: { reason: settlement.reason, error: settlement.error } };
}
