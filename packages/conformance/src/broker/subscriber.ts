import assert from "node:assert/strict";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import {
  type Broker,
  type Delivery,
  ErrorCode,
  type Outcome,
  type Settlement,
  type SubscribeOptions,
  type Subscription,
  YTaskError,
} from "@ytask/core/driver";

/** How long a test listens for what must not come. A slow machine can only make it miss something, never fail. */
const quietMs = 300;
/** How long one receive waits: short, so that a wait for deliveries ends soon after its time. */
const receiveMs = 500;
const pauseMs = 50;

/** Receives from one queue the way core does, and remembers what was lost. */
export class Subscriber {
  /** What was reported by `onLost`. */
  readonly lost: readonly Delivery[];
  readonly #boundMs: number;
  readonly #subscription: Subscription;
  readonly #testEnded: AbortSignal;

  private constructor(
    subscription: Subscription,
    lost: readonly Delivery[],
    boundMs: number,
    testEnded: AbortSignal,
  ) {
    this.#testEnded = testEnded;
    this.#subscription = subscription;
    this.lost = lost;
    this.#boundMs = boundMs;
  }

  /**
   * @param boundMs how long `take` waits for what must come
   * @param testEnded ends every loop that still receives: a test that was given up must not run on
   */
  static async to(
    broker: Broker,
    queue: string,
    boundMs: number,
    testEnded: AbortSignal,
    options: Partial<SubscribeOptions> = {},
  ): Promise<Subscriber> {
    const lost: Delivery[] = [];
    const subscription = await broker.subscribe(queue, {
      maxUnsettled: 1_000,
      maxRedeliveries: 20,
      onLost: (deliveries) => void lost.push(...deliveries),
      onError: () => {},
      ...options,
    });
    return new Subscriber(subscription, lost, boundMs, testEnded);
  }

  async receive(limit: number, waitMs: number): Promise<readonly Delivery[]> {
    const received = await this.#subscription.receive(limit, waitMs);
    // A driver that never waits, or delivers for ever, must not keep the timers that bound a test from firing.
    await turn();
    this.#testEnded.throwIfAborted();
    return received;
  }

  /** Receives exactly `count` deliveries; fails if they do not arrive in time. A receive that rejects is repeated. */
  async take(count: number): Promise<readonly Delivery[]> {
    const taken: Delivery[] = [];
    const endMs = performance.now() + this.#boundMs;
    while (taken.length < count) {
      if (performance.now() > endMs)
        assert.fail(`Only ${taken.length} of ${count} messages were received within ${this.#boundMs} ms.`);
      taken.push(...(await this.#receiveAgain(count - taken.length)));
    }
    assert.equal(taken.length, count, `receive gave more than its limit: ${taken.length} of ${count}`);
    return taken;
  }

  /** Receives and acks `count` deliveries; returns their bodies. */
  async takeBodies(count: number): Promise<readonly string[]> {
    const taken = await this.take(count);
    await this.ack(taken);
    return bodiesOf(taken);
  }

  /** Fails if anything is received within a short time. */
  async expectNothing(): Promise<void> {
    const received = await this.receive(10, quietMs);
    assert.deepEqual(bodiesOf(received), [], "nothing was to be received");
  }

  /** Receives and acks everything up to a body; returns the bodies. */
  async takeThrough(body: string): Promise<readonly string[]> {
    const bodies: string[] = [];
    while (!bodies.includes(body)) bodies.push(...(await this.takeBodies(1)));
    return bodies;
  }

  /** Receives and acks everything that still arrives within a short time; returns the bodies. */
  async drain(): Promise<readonly string[]> {
    const bodies: string[] = [];
    for (;;) {
      const received = await this.receive(100, quietMs);
      if (received.length === 0) return bodies;
      await this.ack(received);
      bodies.push(...bodiesOf(received));
    }
  }

  settle(settlements: readonly Settlement[]): Promise<readonly Outcome[]> {
    return this.#subscription.settle(settlements);
  }

  /** Settles, and fails if one is not settled. */
  async settleAll(settlements: readonly Settlement[]): Promise<void> {
    const outcomes = await this.settle(settlements);
    const others = outcomes.flatMap((outcome, index) =>
      outcome === "settled" ? [] : [`${settlements[index]?.kind}: ${toldOf(outcome)}`],
    );
    assert.deepEqual(others, [], `everything was to be settled, but ${others.length} were not: ${others[0]}`);
  }

  ack(deliveries: readonly Delivery[]): Promise<void> {
    return this.settleAll(deliveries.map((delivery) => ({ delivery, kind: "ack" })));
  }

  release(deliveries: readonly Delivery[]): Promise<void> {
    return this.settleAll(deliveries.map((delivery) => ({ delivery, kind: "release" })));
  }

  /** Says how many may be sent ahead. Does nothing if the broker sends nothing ahead. */
  sendAhead(count: number): void {
    this.#subscription.sendAhead?.(count);
  }

  close(): Promise<void> {
    return this.#subscription.close();
  }

  /** As core does: if the server cannot be reached, it pauses, and goes on without deliveries. */
  async #receiveAgain(limit: number): Promise<readonly Delivery[]> {
    try {
      return await this.receive(limit, Math.min(receiveMs, this.#boundMs));
    } catch (error) {
      if (!YTaskError.isInstance(error, ErrorCode.Connection)) throw error;
      await sleep(pauseMs);
      return [];
    }
  }
}

export const bodiesOf = (deliveries: readonly { readonly body: string }[]): readonly string[] =>
  deliveries.map((delivery) => delivery.body);

const toldOf = (outcome: Outcome): string =>
  typeof outcome === "string" ? outcome : `refused, since ${outcome.error.message}`;
