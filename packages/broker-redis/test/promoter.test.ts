import { waitUntil } from "@ytask-internal/test-servers";
import { afterEach, expect, it, vi } from "vitest";
import { RedisBroker } from "../src/index.js";
import { queueKeys } from "../src/queue-keys.js";
import { promote } from "../src/scripts/promote.js";
import { ackAll, message, subscribe, take } from "./support/subscriber.js";
import { describeWithBroker } from "./support/with-broker.js";

/** How many of the keys of a call that moves delayed messages are one queue's; the first of them is its delayed ones. */
const keysOfAQueue = 4;
const isOf = (queue: string, keys: readonly string[], index: number): boolean =>
  keys[index * keysOfAQueue] === queueKeys(queue).delayed;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describeWithBroker("RedisBroker's delayed messages", (shared) => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("a server of many queues looks at all of them in few calls", async () => {
    const queues = Array.from({ length: 30 }, (_, index) => `YTask:Queue:many-${index}`);
    const runs = vi.spyOn(promote, "run");
    const all = await Promise.all(queues.map((queue) => subscribe(shared.broker, queue)));
    const queuesOf = () => runs.mock.calls.map(([, keys]) => keys.length / keysOfAQueue);
    runs.mockClear();
    await waitUntil("all queues were looked at often", () => sum(queuesOf()) > 2_000);
    // Those that are due within 5 of the 25 ms between two looks share a call: at most six calls look at all thirty.
    expect(runs.mock.calls.length).toBeLessThan(sum(queuesOf()) / 4);
    await shared.broker.send(queues.map((queue) => message(queue, queue, { delayMs: 50 })));
    for (const [index, { subscription }] of all.entries())
      expect((await take(subscription, 1)).map(({ body }) => body)).toEqual([queues[index]]);
    await Promise.all(all.map(({ subscription }) => subscription.close()));
  });

  it("a queue that cannot be moved is told of once, and holds up no other", async () => {
    const [bad, good] = ["YTask:Queue:bad", "YTask:Queue:good"];
    const first = await subscribe(shared.broker, bad);
    const second = await subscribe(shared.broker, good);
    await shared.redis.command("SET", queueKeys(bad).delayed, "not a sorted set");
    for (const body of ["a", "b", "c"]) {
      await shared.broker.send([message(good, body, { delayMs: 30 })]);
      expect((await take(second.subscription, 1)).map((delivery) => delivery.body)).toEqual([body]);
    }
    expect(first.errors.map(({ message: text }) => text)).toEqual([expect.stringContaining("another type")]);
    expect(second.errors).toEqual([]);
    await shared.redis.command("DEL", queueKeys(bad).delayed);
    await shared.broker.send([message(bad, "d", { delayMs: 30 })]);
    expect((await take(first.subscription, 1)).map(({ body }) => body)).toEqual(["d"]);
    await Promise.all([first, second].map(({ subscription }) => subscription.close()));
  });

  it("more than one call moves, of two queues and of long messages, arrive in order", async () => {
    const queues = ["YTask:Queue:first", "YTask:Queue:second"];
    const bodies = Array.from({ length: 1_500 }, (_, index) =>
      `${index}`.padEnd(index % 100 === 0 ? 500_000 : 10, "."),
    );
    for (const queue of queues)
      await shared.broker.send(bodies.map((body) => message(queue, body, { delayMs: 1 })));
    for (const queue of queues) {
      const { subscription } = await subscribe(shared.broker, queue);
      const arrived: string[] = [];
      while (arrived.length < bodies.length) {
        const deliveries = await take(subscription, 100);
        arrived.push(...deliveries.map(({ body }) => body));
        await ackAll(subscription, deliveries);
      }
      expect(arrived).toEqual(bodies);
      await subscription.close();
    }
  });

  it("a queue with a backlog does not hold up the others", async () => {
    const heavy = "YTask:Queue:heavy";
    const light = Array.from({ length: 60 }, (_, index) => `YTask:Queue:light-${index}`);
    await shared.broker.send(light.map((queue) => message(queue, queue, { delayMs: 1 })));
    const backlog = Array.from({ length: 5_000 }, (_, index) => message(heavy, `${index}`, { delayMs: 1 }));
    await shared.broker.send(backlog);
    // The first call waits until all queues are there; what each call moved of the light ones is counted.
    let begin: () => void = () => undefined;
    const allAreThere = new Promise<void>((resolve) => (begin = resolve));
    const moved: number[] = [];
    const { run } = promote;
    vi.spyOn(promote, "run").mockImplementation(async (client, keys, values) => {
      await allAreThere;
      const replies = (await run.call(promote, client, keys, values)) as [number][];
      moved.push(sum(replies.map(([count], index) => (isOf(heavy, keys, index) ? 0 : count))));
      return replies;
    });
    const first = await subscribe(shared.broker, heavy);
    const others = await Promise.all(light.map((queue) => subscribe(shared.broker, queue)));
    begin();
    await Promise.all(others.map(({ subscription }) => take(subscription, 1)));
    // A call moves a thousand: the first of the backlog alone, the second of the others first.
    expect(sum(moved.slice(0, 2))).toBe(light.length);
    await Promise.all([first, ...others].map(({ subscription }) => subscription.close()));
  });

  it("a queue that the user may not use any more does not hold up the others", async () => {
    await shared.redis.command("ACL", "SETUSER", "worker", "on", ">pass", "~*", "&*", "+@all");
    const own = new RedisBroker({ url: shared.redis.url.replace("redis://", "redis://worker:pass@") });
    await own.connect();
    const refused = await subscribe(own, "YTask:Queue:refused");
    const allowed = await subscribe(own, "YTask:Queue:allowed");
    await shared.redis.command("ACL", "SETUSER", "worker", "resetkeys", "~*allowed*");
    for (const body of ["a", "b"]) {
      await own.send([message("YTask:Queue:allowed", body, { delayMs: 30 })]);
      expect((await take(allowed.subscription, 1)).map((delivery) => delivery.body)).toEqual([body]);
    }
    await waitUntil("the refusal is told", () =>
      refused.errors.some((error) => error.message.includes("ACL")),
    );
    expect(allowed.errors).toEqual([]);
    await own.close();
  });
});
