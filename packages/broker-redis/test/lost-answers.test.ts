import { type RedisServer, type TcpProxy, waitUntil } from "@ytask-internal/test-servers";
import { Redis } from "ioredis";
import { beforeEach, expect, it } from "vitest";
import { RedisBroker, type RedisBrokerOptions } from "../src/index.js";
import { ackAll, message, subscribe, take } from "./support/subscriber.js";
import { describeWithProxy } from "./support/with-proxy.js";

const lateMs = 300;

describeWithProxy("when Redis did what it was asked, and its answer was lost", {}, (shared) => {
  let redis: RedisServer;
  let proxy: TcpProxy;
  let broker: RedisBroker;
  let direct: RedisBroker;
  let queue: string;
  beforeEach(() => {
    ({ redis, proxy, proxied: broker, direct, queue } = shared);
  });

  /** Makes the call, and breaks the connection when Redis has done it, before its answer is through. */
  async function losingTheAnswer<T>(call: () => Promise<T>, done: () => Promise<boolean>): Promise<T> {
    proxy.delay(lateMs);
    const promise = call();
    promise.catch(() => {});
    await waitUntil("Redis has done it", done, { intervalMs: 5 });
    proxy.cutAll();
    proxy.pass();
    return promise;
  }

  const names = async (own: string): Promise<readonly string[]> =>
    (await redis.command("ZRANGE", `${own}:leases`, "0", "-1")).split("\n").filter((name) => name !== "");

  it("a send is made again, and stored once", async () => {
    await losingTheAnswer(
      () => broker.send([message(queue, "a"), message(queue, "b"), message(queue, "c", { delayMs: 60_000 })]),
      async () => (await direct.counts(queue)).waiting === 2,
    );
    expect(await direct.counts(queue)).toEqual({ waiting: 2, delayed: 1, running: 0, dead: 0 });
  });

  it("what was reserved is handed out by the next receive, and that is no redelivery", async () => {
    const { subscription, lost } = await subscribe(broker, queue);
    await direct.send([message(queue, "a"), message(queue, "b")]);
    const received = losingTheAnswer(
      () => subscription.receive(10, 1_000),
      async () => (await direct.counts(queue)).running === 2,
    ).catch(() => []);
    const deliveries = [...(await received)];
    if (deliveries.length === 0) deliveries.push(...(await take(subscription, 2)));
    expect(deliveries.map(({ body, redeliveries }) => [body, redeliveries])).toEqual([
      ["a", 0],
      ["b", 0],
    ]);
    expect(await ackAll(subscription, deliveries)).toEqual(["settled", "settled"]);
    expect(await direct.counts(queue)).toMatchObject({ waiting: 0, running: 0 });
    expect(lost).toEqual([]);
    await subscription.close();
  });

  it("a settle is unknown, and settled when it is made again, without doing it twice", async () => {
    const { subscription, lost } = await subscribe(broker, queue);
    await direct.send([message(queue, "a")]);
    const [delivery] = await take(subscription, 1);
    if (delivery === undefined) throw new Error("nothing was taken");
    const other = `${queue}-other`;
    const settlement = {
      delivery,
      kind: "replace",
      by: [message(queue, "again"), message(other, "elsewhere")],
    } as const;
    const first = await losingTheAnswer(
      () => subscription.settle([settlement]),
      async () => (await direct.counts(queue)).running === 0,
    );
    expect(first).toEqual(["unknown"]);
    expect(await subscription.settle([settlement])).toEqual(["settled"]);
    expect(await direct.counts(queue)).toMatchObject({ waiting: 1, running: 0 });
    expect(await direct.counts(other)).toMatchObject({ waiting: 1 });
    expect(lost).toEqual([]);
    await subscription.close();
  });

  /** A settle through the proxy that hands on to another queue, and what all that was on its way comes before. */
  async function handingOn(options: Omit<RedisBrokerOptions, "url">) {
    const impatient = new RedisBroker({ ...options, url: `redis://127.0.0.1:${proxy.port}` });
    await impatient.connect();
    const marker = new Redis(`redis://127.0.0.1:${proxy.port}`);
    await marker.ping();
    const { subscription } = await subscribe(impatient, queue);
    await direct.send([message(queue, "a")]);
    const [delivery] = await take(subscription, 1);
    if (delivery === undefined) throw new Error("nothing was taken");
    const other = `${queue}-other`;
    const settle = () =>
      subscription.settle([{ delivery, kind: "replace", by: [message(other, "next")] } as const]);
    return {
      impatient,
      marker,
      settle,
      /** @param marked resolves once all that was on its way has come */
      async expectStoredOnce(marked: Promise<unknown>) {
        await waitUntil("it is settled", async () => (await settle())[0] === "settled");
        // With the next send Redis is told what it need not remember.
        await impatient.send([message(other, "more")]);
        await marked;
        marker.disconnect();
        expect((await direct.counts(other)).waiting).toBe(2);
        await impatient.close();
      },
    };
  }

  it("what a settle sends elsewhere is stored once, though a call of it that was given up comes very late", async () => {
    const { marker, settle, expectStoredOnce } = await handingOn({
      commandTimeoutMs: 500,
      connectTimeoutMs: 500,
    });
    // What is sent now comes when all else is done.
    proxy.delay(6_000);
    expect(await settle()).toEqual(["unknown"]);
    const marked = marker.ping();
    expect(await settle()).toEqual(["unknown"]);
    proxy.pass();
    await expectStoredOnce(marked);
  });

  it("and so it is where the call was made again at once, and the settle itself was what failed", async () => {
    const { impatient, marker, settle, expectStoredOnce } = await handingOn({ commandTimeoutMs: 2_000 });
    const arrived = `{${queue}}:ts1:arrived`;
    await redis.command("SET", arrived, "no list");
    // A call without an answer takes the connection with it while the settle's has time left to be made again.
    const before = proxy.swallowedBytes;
    proxy.swallow();
    const unanswered = impatient.counts(queue).catch(() => {});
    await waitUntil("the call is swallowed", () => proxy.swallowedBytes > before, { intervalMs: 5 });
    proxy.delay(500);
    await marker.ping();
    // What is sent now comes when all else is done.
    proxy.delay(6_000);
    const settled = settle();
    const marked = marker.ping();
    await unanswered;
    proxy.pass();
    expect(await settled).toEqual(["unknown"]);
    await redis.command("DEL", arrived);
    await expectStoredOnce(marked);
  });

  it("who asks for a lease anew is told that the old one is lost, though the first answer did not come through", async () => {
    const { subscription, lost } = await subscribe(broker, queue);
    await direct.send([message(queue, "a")]);
    const deliveries = await take(subscription, 1);
    // As when another server recovers what it held.
    const own = `{${queue}}:ts1`;
    const [name] = await names(own);
    await redis.command("DEL", `${own}:leases`, `${own}:consumers`, `${own}:consumer:${name}`);
    await losingTheAnswer(
      () => subscription.receive(1, 0),
      async () => (await names(own)).length > 0 || lost.length > 0,
    ).catch(() => []);
    await waitUntil("the loss is told", () => lost.length > 0, { timeoutMs: 5_000 });
    expect(lost).toEqual(deliveries);
    await direct.send([message(queue, "b")]);
    expect((await take(subscription, 1)).map(({ body }) => body)).toEqual(["b"]);
    await subscription.close();
  });

  it("a call does not take the next one's answer for its own, where a proxy dropped its own", async () => {
    const other = `${queue}-other`;
    await direct.send(Array.from({ length: 7 }, () => message(other, "x")));
    await broker.counts(queue);
    const before = proxy.swallowedBytes;
    proxy.swallow();
    const first = broker.counts(queue).then(
      ({ waiting }) => waiting,
      () => "rejected",
    );
    await waitUntil("the call is swallowed", () => proxy.swallowedBytes > before, { intervalMs: 5 });
    proxy.pass();
    const second = broker.counts(other).then(
      ({ waiting }) => waiting,
      () => "rejected",
    );
    expect([await first, await second]).toEqual(["rejected", "rejected"]);
    expect((await broker.counts(other)).waiting).toBe(7);
  });

  it("scripts that Redis has forgotten are loaded again", async () => {
    const { subscription } = await subscribe(broker, queue);
    await redis.command("SCRIPT", "FLUSH");
    await broker.send([message(queue, "a")]);
    await redis.command("SCRIPT", "FLUSH");
    const deliveries = await take(subscription, 1);
    await redis.command("SCRIPT", "FLUSH");
    expect(await ackAll(subscription, deliveries)).toEqual(["settled"]);
    await subscription.close();
  });
});
