import { randomUUID } from "node:crypto";
import type { Delivery, Settlement, Subscription } from "@ytask/core/driver";
import { describeWithOwnServer, type RedisServer, startRedis, waitUntil } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";
import { ackAll, message, subscribe, take } from "./support/subscriber.js";

describeWithOwnServer("redis", "what Redis lost of a living server", () => {
  let redis: RedisServer;
  let broker: RedisBroker;
  let queue: string;
  let warnings: string[];
  beforeAll(async () => {
    redis = await startRedis();
    broker = new RedisBroker({ url: redis.url, leaseMs: 1_000 });
    const logger = { debug() {}, info() {}, error() {}, warn: (text: string) => warnings.push(text) };
    warnings = [];
    await broker.connect({ logger });
  });
  afterAll(async () => {
    await broker.close();
    await redis.stop();
  });
  beforeEach(() => {
    queue = `YTask:Queue:${randomUUID()}`;
    warnings = [];
  });

  const own = (name: string) => `{${queue}}:ts1:${name}`;

  /** The hash of the only consumer. */
  async function hash(): Promise<string> {
    const keys = await redis.command("KEYS", `{${queue}}:ts1:consumer:*`);
    return keys.trim();
  }

  /** A subscription that was given messages with these bodies. */
  async function holding(...bodies: readonly string[]) {
    await broker.send(bodies.map((body) => message(queue, body)));
    const subscribed = await subscribe(broker, queue);
    const deliveries = await take(subscribed.subscription, bodies.length);
    return { ...subscribed, deliveries };
  }

  const retry = (delivery: Delivery, body: string): Settlement => ({
    delivery,
    kind: "replace",
    by: [message(queue, body)],
  });

  const counted = (waiting: number, running: number, dead = 0) => ({ waiting, delayed: 0, running, dead });

  /** What is received next; it is acknowledged. */
  async function next(subscription: Subscription): Promise<readonly [string, number]> {
    const deliveries = await take(subscription, 1);
    expect(await ackAll(subscription, deliveries)).toEqual(["settled"]);
    const [{ body, redeliveries } = { body: "none", redeliveries: -1 }] = deliveries;
    return [body, redeliveries];
  }

  /** "a" is handed out again, the other delivery is settled, and nothing is left. */
  async function expectAgain(subscription: Subscription, other: Delivery): Promise<void> {
    expect(await next(subscription)).toEqual(["a", 0]);
    expect(await ackAll(subscription, [other])).toEqual(["settled"]);
    expect(await broker.counts(queue)).toEqual(counted(0, 0));
  }

  it("its lease comes again with the next renewal, and it keeps what it holds", async () => {
    const { subscription, lost, deliveries } = await holding("a");
    await redis.command("DEL", own("leases"));
    await waitUntil("there is a lease", async () => (await broker.counts(queue)).running === 1);
    expect(await subscription.settle(deliveries.map((delivery) => retry(delivery, "again")))).toEqual([
      "settled",
    ]);
    expect(await next(subscription)).toEqual(["again", 0]);
    expect(lost).toEqual([]);
    await subscription.close();
  });

  it("a settle and a reserve do not need the lease that is gone", async () => {
    const { subscription, lost, deliveries } = await holding("a");
    await redis.command("DEL", own("leases"));
    expect(await subscription.settle(deliveries.map((delivery) => retry(delivery, "again")))).toEqual([
      "settled",
    ]);
    await redis.command("DEL", own("leases"));
    expect(await next(subscription)).toEqual(["again", 0]);
    expect(lost).toEqual([]);
    expect(await broker.counts(queue)).toEqual(counted(0, 0));
    await subscription.close();
  });

  it("what it holds goes back when it closes without its lease", async () => {
    const { subscription } = await holding("a", "b");
    await redis.command("DEL", own("leases"));
    await subscription.close();
    expect(await broker.counts(queue)).toEqual(counted(2, 0));
    expect(await hash()).toBe("");
  });

  it("a lease that is gone with its hash was recovered, and what was held is lost", async () => {
    const { subscription, lost, deliveries } = await holding("a");
    await redis.command("DEL", own("leases"), await hash());
    expect(await subscription.settle(deliveries.map((delivery) => retry(delivery, "again")))).toEqual([
      "lost",
    ]);
    expect(lost).toEqual(deliveries);
    expect(await broker.counts(queue)).toEqual(counted(0, 0));
    await subscription.close();
  });

  it("of a hash that was deleted each message is settled as it should be, with a warning", async () => {
    const { subscription, lost, deliveries } = await holding("retry", "dead", "release", "ack");
    const [retried, failed, released, acked] = deliveries as [Delivery, Delivery, Delivery, Delivery];
    await redis.command("DEL", await hash());
    const outcomes = await subscription.settle([
      retry(retried, "retried"),
      { delivery: failed, kind: "deadLetter", reason: "permanentFailure", error: "no" },
      { delivery: released, kind: "release" },
      { delivery: acked, kind: "ack" },
    ]);
    expect(outcomes).toEqual(["settled", "settled", "settled", "settled"]);
    expect(warnings).toContainEqual(expect.stringMatching(/^Redis lost .*put back/));
    expect(await broker.counts(queue)).toEqual(counted(2, 0, 1));
    expect(await broker.deadLetters(queue).list()).toMatchObject([{ body: "dead", error: "no" }]);
    expect([await next(subscription), await next(subscription)]).toEqual([
      ["release", 0],
      ["retried", 0],
    ]);
    expect(lost).toEqual([]);
    await subscription.close();
  });

  it("a settle that Redis lost with its last writes is made up for: the message is handed out again", async () => {
    const { subscription, lost, deliveries } = await holding("a", "b");
    const [a, b] = deliveries as [Delivery, Delivery];
    expect(await subscription.settle([retry(a, "again")])).toEqual(["settled"]);
    // Such is the state after a failover to a replica to which the settle did not come.
    const key = await hash();
    await redis.command("HSET", key, a.id, a.body);
    await redis.command("DEL", queue, own("arrived"));
    await redis.command("CLIENT", "KILL", "TYPE", "normal");
    await expectAgain(subscription, b);
    expect(lost).toEqual([]);
    await subscription.close();
  });

  it("and so it is where Redis also lost that the server took a new name since", async () => {
    const { subscription, lost, deliveries } = await holding("a", "b");
    const [a, b] = deliveries as [Delivery, Delivery];
    const old = await hash();
    await redis.command("CLIENT", "KILL", "TYPE", "normal");
    await waitUntil("it has a new name", async () => ![old, ""].includes(await hash()));
    expect(await ackAll(subscription, [a])).toEqual(["settled"]);
    const name = (key: string) => key.slice(own("consumer:").length);
    const now = await hash();
    await redis.command("RENAME", now, old);
    await redis.command("HSET", old, a.id, a.body);
    await redis.command("ZREM", own("leases"), name(now));
    await redis.command("ZADD", own("leases"), "9999999999999", name(old));
    await redis.command("CLIENT", "KILL", "TYPE", "normal");
    await expectAgain(subscription, b);
    expect(lost).toEqual([]);
    await subscription.close();
  });

  it("a reserve that Redis lost is not settled, since the message is in the queue again", async () => {
    const { subscription, deliveries } = await holding("a", "b");
    const [a, b] = deliveries as [Delivery, Delivery];
    const old = await hash();
    await redis.command("HDEL", old, a.id);
    await redis.command("RPUSH", own("returned"), "0:a");
    await redis.command("CLIENT", "KILL", "TYPE", "normal");
    // A settle that is out while the connection breaks is another matter.
    await waitUntil("it has a new name", async () => ![old, ""].includes(await hash()));
    const outcomes = await subscription.settle([retry(a, "again"), { delivery: b, kind: "ack" }]);
    expect(outcomes).toEqual(["lost", "settled"]);
    expect(warnings).toContainEqual(expect.stringMatching(/^Redis lost 1 message.*last writes/));
    expect(await next(subscription)).toEqual(["a", 0]);
    expect(await broker.counts(queue)).toEqual(counted(0, 0));
    await subscription.close();
  });
});
