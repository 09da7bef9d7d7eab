import type { Delivery, Outcome, Settlement, SubscribeOptions, Subscription } from "../broker.js";
import { TurnoverMap } from "../collections/turnover-map.js";
import type { Timer } from "../time/clock.js";
import type { Link } from "./link.js";
import type { Consumer, MemoryQueue } from "./memory-queue.js";
import type { MemoryStore } from "./memory-store.js";

interface PendingReceive {
  readonly limit: number;
  readonly timer: Timer;
  resolve(deliveries: readonly Delivery[]): void;
  reject(error: Error): void;
}

/** A hold on one queue. What it holds stays its own while its broker is connected; the broker ends its lease. */
export class MemorySubscription implements Subscription, Consumer {
  readonly #store: MemoryStore;
  readonly #queue: MemoryQueue;
  readonly #link: Link;
  readonly #options: SubscribeOptions;
  readonly #onEnded: (subscription: MemorySubscription) => void;
  readonly #held = new TurnoverMap<string, Delivery>();
  /** Deliveries whose lease expired while disconnected; reported at reconnect. */
  #lost: Delivery[] = [];
  #pending: PendingReceive | undefined;
  #isClosed = false;

  constructor(
    store: MemoryStore,
    queue: MemoryQueue,
    link: Link,
    options: SubscribeOptions,
    onEnded: (subscription: MemorySubscription) => void,
  ) {
    this.#store = store;
    this.#queue = queue;
    this.#link = link;
    this.#options = options;
    this.#onEnded = onEnded;
    queue.consumers.add(this);
  }

  get heldCount(): number {
    return this.#held.size;
  }

  async receive(limit: number, waitMs: number): Promise<readonly Delivery[]> {
    if (this.#isClosed) return [];
    this.#link.check();
    const taken = this.#take(limit);
    if (taken.length > 0 || waitMs <= 0) return taken;
    return new Promise((resolve, reject) => {
      const timer = this.#store.clock.after(waitMs, () => this.#endReceive()?.resolve([]));
      this.#pending = { limit, timer, resolve, reject };
      this.#queue.wait(this);
    });
  }

  serve(): void {
    const limit = this.#pending?.limit ?? 0;
    const taken = this.#take(limit);
    if (taken.length > 0) this.#endReceive()?.resolve(taken);
  }

  async settle(settlements: readonly Settlement[]): Promise<readonly Outcome[]> {
    if (this.#link.isCut) return settlements.map(() => "unknown");
    const released: Delivery[] = [];
    const outcomes = settlements.map((settlement): Outcome => {
      const held = this.#held.get(settlement.delivery.id);
      if (held === undefined) return "lost";
      this.#held.delete(held.id);
      if (settlement.kind === "release") released.push(held);
      else if (settlement.kind !== "ack") this.#move(held, settlement);
      return "settled";
    });
    if (released.length > 0) this.#queue.giveBack(released, 0);
    if (this.#pending !== undefined) this.#queue.freed();
    return outcomes;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#endReceive()?.resolve([]);
    // A broker that is cut off can give nothing back: that waits for the end of the lease.
    if (!this.#link.isCut) this.#end(0);
  }

  /** As if the connection broke: a pending receive rejects. */
  cut(): void {
    const failure = this.#link.failure();
    if (failure !== undefined) this.#endReceive()?.reject(failure);
  }

  /** The lease ran out: what it holds goes back to the head, to be delivered again. */
  expire(): void {
    this.#lost.push(...this.#held.values());
    if (this.#isClosed) this.#end(1);
    else this.#giveBack(1);
  }

  /** The connection is back: reports what was lost meanwhile. */
  mend(): void {
    const lost = this.#lost;
    this.#lost = [];
    if (this.#isClosed) this.#end(0);
    else if (lost.length > 0) this.#options.onLost(lost);
  }

  #take(limit: number): Delivery[] {
    const taken = this.#queue.take(Math.min(limit, this.#options.maxUnsettled - this.#held.size));
    for (const delivery of taken) this.#held.set(delivery.id, delivery);
    return taken;
  }

  #move(held: Delivery, settlement: Extract<Settlement, { kind: "replace" | "deadLetter" }>): void {
    if (settlement.kind === "replace") {
      this.#store.add(settlement.by);
      return;
    }
    const { reason, error } = settlement;
    const at = new Date(this.#store.clock.now());
    this.#queue.letters.set(held.id, { id: held.id, body: held.body, reason, error, at });
  }

  #endReceive(): PendingReceive | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.timer.cancel();
    if (pending !== undefined) this.#queue.leave(this);
    return pending;
  }

  #giveBack(redelivered: 0 | 1): void {
    const held = [...this.#held.values()];
    this.#held.clear();
    this.#queue.giveBack(held, redelivered);
  }

  #end(redelivered: 0 | 1): void {
    this.#giveBack(redelivered);
    this.#queue.consumers.delete(this);
    this.#onEnded(this);
  }
}
