import { describe, expect, it } from "vitest";
import type { Clock, Delivery, SubscribeOptions } from "../../src/driver.js";
import { ManualClock, MemoryBroker, type MemoryBrokerOptions } from "../../src/memory/index.js";
import { CountingClock } from "../support/counting-clock.js";

const day = 86_400_000;

async function start(options: MemoryBrokerOptions) {
  const broker = new MemoryBroker(options);
  await broker.connect();
  const lost: Delivery[] = [];
  const subscribeOptions: SubscribeOptions = {
    maxUnsettled: 100,
    maxRedeliveries: 5,
    onLost: (deliveries) => void lost.push(...deliveries),
    onError: () => {},
  };
  const subscription = await broker.subscribe("queue", subscribeOptions);
  return { broker, subscription, lost, subscribeOptions };
}

const bodiesOf = (deliveries: readonly Delivery[]) => deliveries.map(({ body }) => body);

describe("MemoryBroker on a clock that a test drives", () => {
  it("delivers a delayed message to the millisecond, be it after 60 days", async () => {
    const clock = new ManualClock();
    const { broker, subscription } = await start({ clock });
    await broker.send([{ queue: "queue", body: "later", delayMs: 60 * day }]);
    let received: readonly Delivery[] | undefined;
    void subscription.receive(1, 61 * day).then((deliveries) => {
      received = deliveries;
    });
    await clock.advance(60 * day - 1);
    expect(received).toBeUndefined();
    await clock.advance(1);
    expect(bodiesOf(received ?? [])).toEqual(["later"]);
  });

  it("delivers what is due in the order of its due times", async () => {
    const clock = new ManualClock();
    const { broker, subscription } = await start({ clock });
    const delays = [50, 10, 40, 10, 30, 20];
    await broker.send(
      delays.map((delayMs, index) => ({ queue: "queue", body: `${delayMs} ${index}`, delayMs })),
    );
    await clock.advance(50);
    expect(bodiesOf(await subscription.receive(10, 0))).toEqual([
      "10 1",
      "10 3",
      "20 5",
      "30 4",
      "40 2",
      "50 0",
    ]);
  });

  it("ends a wait when its time is over", async () => {
    const clock = new ManualClock();
    const { subscription } = await start({ clock });
    let received: readonly Delivery[] | undefined;
    void subscription.receive(1, 5_000).then((deliveries) => {
      received = deliveries;
    });
    await clock.advance(4_999);
    expect(received).toBeUndefined();
    await clock.advance(1);
    expect(received).toEqual([]);
  });

  it("waits for a due time again where a timer fires early, as setTimeout may", async () => {
    const clock = new ManualClock();
    const early: Clock = {
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      after: (delayMs, fire) => clock.after(delayMs > 1 ? delayMs - 1 : delayMs, fire),
    };
    const { broker, subscription } = await start({ clock: early });
    await broker.send([{ queue: "queue", body: "later", delayMs: 100 }]);
    let receivedAtMs: number | undefined;
    const startMs = clock.now();
    void subscription.receive(1, 5_000).then(() => {
      receivedAtMs = clock.now() - startMs;
    });
    await clock.advance(200);
    expect(receivedAtMs).toBe(100);
  });

  it("stamps a dead letter with the clock's time", async () => {
    const clock = new ManualClock(day);
    const { broker, subscription } = await start({ clock });
    await broker.send([{ queue: "queue", body: "bad" }]);
    const [delivery] = await subscription.receive(1, 0);
    if (delivery === undefined) throw new Error("nothing was received");
    await subscription.settle([{ delivery, kind: "deadLetter", reason: "malformed" }]);
    expect((await broker.deadLetters("queue").list()).map(({ at }) => at)).toEqual([new Date(day)]);
  });

  it("sets a timer only while somebody waits, so that a delayed message keeps no process alive", async () => {
    const clock = new ManualClock();
    const counting = new CountingClock(clock);
    const { broker, subscription } = await start({ clock: counting });
    await broker.send([{ queue: "queue", body: "later", delayMs: day }]);
    expect(counting.pending).toBe(0);
    const receiving = subscription.receive(1, 1_000);
    expect(counting.pending).toBe(2);
    await broker.close();
    await receiving;
    expect(counting.pending).toBe(0);
  });
});

describe("a MemoryBroker that is cut off", () => {
  it("keeps what it holds until the lease is over, and not a millisecond longer", async () => {
    const clock = new ManualClock();
    const { broker, subscription, lost, subscribeOptions } = await start({ clock, leaseMs: 30_000 });
    const other = broker.sibling();
    await other.connect();
    const heir = await other.subscribe("queue", subscribeOptions);
    await other.send([{ queue: "queue", body: "held" }]);
    await subscription.receive(1, 0);
    broker.disconnect();
    await clock.advance(29_999);
    expect(await heir.receive(1, 0)).toEqual([]);
    await clock.advance(1);
    expect((await heir.receive(1, 0)).map(({ body, redeliveries }) => [body, redeliveries])).toEqual([
      ["held", 1],
    ]);
    expect(lost, "who is cut off cannot know").toEqual([]);
    broker.reconnect();
    expect(bodiesOf(lost)).toEqual(["held"]);
  });

  it("answers `unknown` to a settle, and goes on where it was when it is back within its lease", async () => {
    const clock = new ManualClock();
    const { broker, subscription, lost } = await start({ clock, leaseMs: 30_000 });
    await broker.send([{ queue: "queue", body: "held" }]);
    const [delivery] = await subscription.receive(1, 0);
    if (delivery === undefined) throw new Error("nothing was received");
    broker.disconnect();
    expect(await subscription.settle([{ delivery, kind: "ack" }])).toEqual(["unknown"]);
    await clock.advance(20_000);
    broker.reconnect();
    await clock.advance(60_000);
    expect(await subscription.settle([{ delivery, kind: "ack" }])).toEqual(["settled"]);
    expect(lost).toEqual([]);
    expect(await broker.counts("queue")).toEqual({ waiting: 0, delayed: 0, running: 0, dead: 0 });
  });

  it("gives back at the end of the lease what a subscription held that was closed meanwhile", async () => {
    const clock = new ManualClock();
    const { broker, subscription } = await start({ clock, leaseMs: 30_000 });
    const other = broker.sibling();
    await other.connect();
    await other.send([{ queue: "queue", body: "held" }]);
    await subscription.receive(1, 0);
    broker.disconnect();
    await subscription.close();
    await broker.close();
    expect(await other.counts("queue")).toMatchObject({ waiting: 0, running: 1 });
    await clock.advance(30_000);
    expect(await other.counts("queue")).toMatchObject({ waiting: 1, running: 0 });
  });
});
