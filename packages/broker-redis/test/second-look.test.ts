import { randomUUID } from "node:crypto";
import { ErrorCode } from "@ytask/core";
import { waitUntil } from "@ytask-internal/test-servers";
import { afterEach, beforeEach, expect, it, type MockInstance, vi } from "vitest";
import { RedisBroker } from "../src/index.js";
import { expired } from "../src/scripts/expired.js";
import { ackAll, message, subscribe, take } from "./support/subscriber.js";
import { describeWithBroker } from "./support/with-broker.js";

const secondLookMs = 3_000;

describeWithBroker("a consumer whose lease ran out", (shared) => {
  /** Makes a consumer that is gone: its lease is over, and it held one message. */
  async function abandon(queue: string): Promise<void> {
    const own = `{${queue}}:ts1`;
    await shared.redis.command("HSET", `${own}:consumer:gone.1`, "1", "held", "2.4", "held often");
    await shared.redis.command("ZADD", `${own}:leases`, "1", "gone.1");
  }

  it("keeps what it held until it was seen twice, three seconds apart; then each comes once more", async () => {
    const queue = `YTask:Queue:${randomUUID()}`;
    const { subscription } = await subscribe(shared.broker, queue);
    const abandonedAt = performance.now();
    await abandon(queue);
    const deliveries = await take(subscription, 2);
    expect(performance.now() - abandonedAt).toBeGreaterThanOrEqual(secondLookMs);
    expect(deliveries.map(({ body, redeliveries }) => [body, redeliveries])).toEqual([
      ["held", 1],
      ["held often", 5],
    ]);
    await subscription.close();
  });

  it("is looked at anew after the connection of the one who looks broke", async () => {
    const queue = `YTask:Queue:${randomUUID()}`;
    const { subscription } = await subscribe(shared.broker, queue);
    await abandon(queue);
    await new Promise((resolve) => setTimeout(resolve, secondLookMs / 2));
    await shared.redis.command("CLIENT", "KILL", "TYPE", "normal");
    const brokeAt = performance.now();
    await take(subscription, 2);
    expect(performance.now() - brokeAt).toBeGreaterThanOrEqual(secondLookMs);
    await subscription.close();
  });

  it("keeps what it held when it renews its lease between the two looks", async () => {
    const queue = `YTask:Queue:${randomUUID()}`;
    const { subscription } = await subscribe(shared.broker, queue);
    await abandon(queue);
    await new Promise((resolve) => setTimeout(resolve, secondLookMs / 2));
    await shared.redis.command("ZADD", `{${queue}}:ts1:leases`, "2", "gone.1");
    const renewedAt = performance.now();
    await waitUntil("it is given up", async () => (await shared.broker.counts(queue)).running === 0);
    expect(performance.now() - renewedAt).toBeGreaterThanOrEqual(secondLookMs);
    await subscription.close();
  });

  it("does not hold up others where its messages cannot be read, and is reported once by its key", async () => {
    const queue = `YTask:Queue:${randomUUID()}`;
    const own = `{${queue}}:ts1`;
    await shared.redis.command("SET", `${own}:consumer:bad`, "no hash");
    await shared.redis.command("ZADD", `${own}:leases`, "0", "bad");
    await abandon(queue);
    expect(await shared.broker.counts(queue)).toMatchObject({ running: 2 });
    const { subscription, errors } = await subscribe(shared.broker, queue);
    const deliveries = await take(subscription, 2);
    expect(deliveries.map(({ body }) => body)).toEqual(["held", "held often"]);
    // It is tried again meanwhile.
    await abandon(queue);
    await take(subscription, 2);
    expect(errors).toMatchObject([
      { code: ErrorCode.UnsupportedServer, message: expect.stringContaining(`${own}:consumer:bad`) },
    ]);
    await subscription.close();
  });
});

describeWithBroker("when Redis' clock is set forward, beyond all leases", (shared) => {
  const stepMs = 60_000;

  let aheadMs = 0;
  let looks: MockInstance;

  beforeEach(() => {
    aheadMs = 0;
    const run = expired.run.bind(expired);
    looks = vi.spyOn(expired, "run").mockImplementation(async (...args) => {
      const [now, ...others] = (await run(...args)) as [number, ...string[]];
      return [now + aheadMs, ...others];
    });
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** What a step of its clock does: leases end earlier, and it tells another time. */
  async function setForward(queue: string): Promise<void> {
    // What is compared is the time since the look before.
    await waitUntil("all have looked", () => looks.mock.calls.length >= 4);
    aheadMs = stepMs;
    const leases = `{${queue}}:ts1:leases`;
    const names = (await shared.redis.command("ZRANGE", leases, "0", "-1")).split("\n").filter(Boolean);
    for (const name of names) await shared.redis.command("ZINCRBY", leases, `${-stepMs}`, name);
  }

  it("those who live renew their leases at once, and nothing is taken from them", async () => {
    const queue = `YTask:Queue:${randomUUID()}`;
    const one = await subscribe(shared.broker, queue);
    const other = await subscribe(shared.broker, queue);
    await shared.broker.send([message(queue, "a"), message(queue, "b")]);
    const ofOne = await take(one.subscription, 1);
    const ofOther = await take(other.subscription, 1);
    await setForward(queue);
    const leases = `{${queue}}:ts1:leases`;
    await waitUntil("both have renewed", async () => {
      const all = (await shared.redis.command("ZRANGE", leases, "0", "-1", "WITHSCORES")).split("\n");
      const [seconds] = (await shared.redis.command("TIME")).split("\n");
      return [all[1], all[3]].every((ends) => Number(ends) > Number(seconds) * 1_000);
    });
    expect([...one.lost, ...other.lost]).toEqual([]);
    expect(await ackAll(one.subscription, ofOne)).toEqual(["settled"]);
    expect(await ackAll(other.subscription, ofOther)).toEqual(["settled"]);
    await Promise.all([one.subscription.close(), other.subscription.close()]);
  });

  it("a lease's time goes by before anybody is taken for gone", async () => {
    const queue = `YTask:Queue:${randomUUID()}`;
    const leaseMs = 6_000;
    const broker = new RedisBroker({ url: shared.redis.url, leaseMs });
    await broker.connect();
    const { subscription } = await subscribe(broker, queue);
    const steppedAt = performance.now();
    await setForward(queue);
    await shared.redis.command("HSET", `{${queue}}:ts1:consumer:blocked.1`, "1", "held");
    await shared.redis.command("ZADD", `{${queue}}:ts1:leases`, "1", "blocked.1");
    await take(subscription, 1);
    expect(performance.now() - steppedAt).toBeGreaterThanOrEqual(leaseMs);
    await subscription.close();
    await broker.close();
  });
});
