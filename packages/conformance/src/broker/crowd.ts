import assert from "node:assert/strict";
import type { Delivery, Settlement } from "@ytask/core/driver";
import type { BoundedBroker } from "./bounded-broker.js";
import type { BrokerBench } from "./broker-bench.js";
import { messages, numbered } from "./messages.js";
import type { Subscriber } from "./subscriber.js";

const largestLimit = 20;
const waitMs = 100;
/**
 * How many of a hundred deliveries are released instead of acked. The next three numbers are for the other ways to
 * settle.
 */
const released = 8;
const replaced = 8;
const delayed = 4;
const deadLettered = 4;
const crashesInAHundredBatches = 4;
/** How many acks a crash may undo. A server may not confirm acks, so those of the last few batches may be lost. */
const undoneByACrash = 5 * largestLimit;

/** Several subscribers that do everything that can happen to a message, at random, until every message is acked. */
export class Crowd {
  readonly #bench: BrokerBench;
  readonly #queue: string;
  readonly #left = new Set<string>();
  readonly #done = new Map<string, number>();
  #crashesLeft: number;
  #crashCount = 0;

  constructor(bench: BrokerBench, queue: string) {
    this.#bench = bench;
    this.#queue = queue;
    this.#crashesLeft = bench.canCut ? 3 : 0;
  }

  async send(count: number): Promise<void> {
    const broker = await this.#bench.connect();
    const bodies = numbered(count);
    for (const body of bodies) this.#left.add(body);
    await broker.send(messages(this.#queue, bodies));
  }

  /** Resolves when every message was acked. */
  async consume(subscribers: number): Promise<void> {
    await Promise.all(Array.from({ length: subscribers }, () => this.#work()));
  }

  /** Fails if a message is still there, or if more were done twice than the crashes explain. */
  async assertAllWereDone(): Promise<void> {
    const broker = await this.#bench.connect();
    const leftOver = await (await this.#bench.subscribe(broker, this.#queue)).drain();
    await this.#bench.expectCounts(broker, this.#queue, { waiting: 0, delayed: 0, running: 0, dead: 0 });
    const crashes = `and there were ${this.#crashCount} crashes`;
    const explained = this.#crashCount * undoneByACrash;
    assert.ok(
      leftOver.length <= explained,
      `${leftOver.length} were delivered after they were acked, ${crashes}`,
    );
    const twice = [...this.#done.values()].filter((times) => times > 1).length;
    assert.ok(twice <= explained, `${twice} were acked more than once, ${crashes}`);
  }

  /** Works with one broker after another: a crash ends one, and the next begins. */
  async #work(): Promise<void> {
    while (this.#left.size > 0) {
      const broker = await this.#bench.connect();
      const subscriber = await this.#bench.subscribe(broker, this.#queue, { maxUnsettled: largestLimit });
      if (await this.#workUntilACrash(broker, subscriber)) continue;
      await subscriber.close();
    }
  }

  async #workUntilACrash(broker: BoundedBroker, subscriber: Subscriber): Promise<boolean> {
    while (this.#left.size > 0) {
      const batch = await subscriber.receive(1 + this.#bench.random(largestLimit), waitMs);
      if (batch.length > 0 && this.#crashes()) {
        await this.#bench.cut(broker);
        return true;
      }
      await subscriber.settleAll(batch.map((delivery) => this.#settlement(delivery)));
      if (batch.length === 0) await broker.deadLetters(this.#queue).redrive();
    }
    return false;
  }

  #crashes(): boolean {
    if (this.#crashesLeft === 0 || this.#bench.random(100) >= crashesInAHundredBatches) return false;
    this.#crashesLeft--;
    this.#crashCount++;
    return true;
  }

  #settlement(delivery: Delivery): Settlement {
    const dice = this.#bench.random(100);
    const by = messages(this.#queue, [delivery.body], dice < delayed ? { delayMs: 1 + dice * 20 } : {});
    if (dice < delayed + replaced) return { delivery, kind: "replace", by };
    if (dice < delayed + replaced + released) return { delivery, kind: "release" };
    if (dice < delayed + replaced + released + deadLettered)
      return { delivery, kind: "deadLetter", reason: "retriesExhausted" };
    this.#left.delete(delivery.body);
    this.#done.set(delivery.body, (this.#done.get(delivery.body) ?? 0) + 1);
    return { delivery, kind: "ack" };
  }
}
