import type { Delivery } from "@ytask/core/driver";
import { expect, it } from "vitest";
import { ackAll, message, subscribe, take } from "./support/subscriber.js";
import { describeWithBroker } from "./support/with-broker.js";

describeWithBroker("RedisBroker's limits", (shared) => {
  it("an answer holds some megabytes, and long messages come in several, in order", async () => {
    const queue = "YTask:Queue:long-messages";
    const bodies = Array.from({ length: 60 }, (_, index) => `${index}`.padEnd(500_000, "."));
    await shared.broker.send(bodies.map((body) => message(queue, body)));
    const { subscription } = await subscribe(shared.broker, queue);
    const first = await subscription.receive(1_000, 1_000);
    expect(first.length).toBeGreaterThan(0);
    expect(first.length).toBeLessThan(bodies.length);
    const all = [...first, ...(await take(subscription, bodies.length - first.length))];
    expect(all.map(({ body }) => body)).toEqual(bodies);
    expect(new Set(await ackAll(subscription, all))).toEqual(new Set(["settled"]));
    await subscription.close();
  });

  it("long replacements are stored in several calls", async () => {
    const queue = "YTask:Queue:long-replacements";
    await shared.broker.send(Array.from({ length: 20 }, (_, index) => message(queue, `${index}`)));
    const { subscription } = await subscribe(shared.broker, queue);
    const deliveries = await take(subscription, 20);
    const long = "x".repeat(1_000_000);
    const outcomes = await subscription.settle(
      deliveries.map((delivery) => ({
        delivery,
        kind: "replace",
        by: [message(queue, delivery.body + long)],
      })),
    );
    expect(new Set(outcomes)).toEqual(new Set(["settled"]));
    const again = await take(subscription, 20);
    expect(again.map(({ body }) => body)).toEqual(deliveries.map(({ body }) => body + long));
    await subscription.close();
  });

  it("of a dead letter's error the beginning is kept, and it says that it was cut", async () => {
    const queue = "YTask:Queue:long-error";
    await shared.broker.send([message(queue, "a")]);
    const { subscription } = await subscribe(shared.broker, queue);
    const [delivery] = await take(subscription, 1);
    if (delivery === undefined) throw new Error("nothing was taken");
    const error = "an error ".repeat(100_000);
    await subscription.settle([{ delivery, kind: "deadLetter", reason: "permanentFailure", error }]);
    const [letter] = await shared.broker.deadLetters(queue).list();
    expect(letter?.error?.length).toBe(8_192);
    const [beginning = "none", ...rest] = letter?.error?.split("… (cut)") ?? [];
    expect(rest).toEqual([""]);
    expect(error.startsWith(beginning)).toBe(true);
    await subscription.close();
  });

  it("many long messages are released in several calls, and keep their order", async () => {
    const queue = "YTask:Queue:long-releases";
    const bodies = Array.from({ length: 24 }, (_, index) => `${index}`.padEnd(500_000, "."));
    await shared.broker.send(bodies.map((body) => message(queue, body)));
    const { subscription } = await subscribe(shared.broker, queue);
    const deliveries = await take(subscription, bodies.length);
    await shared.redis.command("CONFIG", "RESETSTAT");
    const outcomes = await subscription.settle(deliveries.map((delivery) => ({ delivery, kind: "release" })));
    expect(new Set(outcomes)).toEqual(new Set(["settled"]));
    const stats = await shared.redis.command("INFO", "commandstats");
    // Each removes from the hash what it put to the head, and nothing at its beginning.
    expect(Number(/cmdstat_hdel:calls=(\d+)/.exec(stats)?.[1])).toBeGreaterThanOrEqual(2 * 3);
    const again = await take(subscription, bodies.length);
    expect(again.map(({ body }) => body)).toEqual(bodies);
    await ackAll(subscription, again);
    await subscription.close();
  });

  it("a dead letter is found under its id, and not under another way to write that", async () => {
    const queue = "YTask:Queue:letter-ids";
    await shared.broker.send([message(queue, "a")]);
    const { subscription } = await subscribe(shared.broker, queue);
    const [delivery] = await take(subscription, 1);
    await subscription.settle([
      { delivery: delivery as Delivery, kind: "deadLetter", reason: "permanentFailure" },
    ]);
    const letters = shared.broker.deadLetters(queue);
    const [letter] = await letters.list();
    const id = letter?.id ?? "";
    const others = [`0${id}`, id.replace("-", "-0")];
    expect(await letters.find?.(others)).toEqual([]);
    expect(await letters.redrive(others)).toBe(0);
    expect(await letters.find?.([id])).toEqual([letter]);
    await subscription.close();
  });

  it("long dead letters are read, and put back, in several calls", async () => {
    const queue = "YTask:Queue:long-letters";
    const bodies = Array.from({ length: 24 }, (_, index) => `${index}`.padEnd(500_000, "."));
    const letters = shared.broker.deadLetters(queue);
    const deadLetter = async (): Promise<void> => {
      const { subscription } = await subscribe(shared.broker, queue);
      const deliveries = await take(subscription, bodies.length);
      await subscription.settle(
        deliveries.map((delivery) => ({ delivery, kind: "deadLetter", reason: "permanentFailure" })),
      );
      await subscription.close();
    };
    const calls = async (): Promise<number> =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(await shared.redis.command("INFO", "commandstats"))?.[1]);
    /** What the call resolves to. It has 12 megabytes to move, of which one call to Redis is to move some four. */
    const inSeveralCalls = async <T>(call: () => Promise<T>): Promise<T> => {
      const before = await calls();
      const value = await call();
      expect((await calls()) - before).toBeGreaterThanOrEqual(3);
      return value;
    };
    await shared.broker.send(bodies.map((body) => message(queue, body)));
    await deadLetter();
    const listed = await inSeveralCalls(() => letters.list());
    expect(listed.map(({ body }) => body)).toEqual(bodies);
    expect(await letters.list({ limit: 10 })).toEqual(listed.slice(0, 10));
    expect(await inSeveralCalls(() => letters.redrive())).toBe(24);
    await deadLetter();
    const ids = (await letters.list()).map(({ id }) => id);
    expect(await inSeveralCalls(() => letters.redrive(ids))).toBe(24);
    await deadLetter();
    // Those of before are gone, and passed over.
    const all = [...ids, ...(await letters.list()).map(({ id }) => id)];
    expect(await inSeveralCalls(() => letters.redrive(all, ({ body }) => `${body}!`))).toBe(24);
    const { subscription } = await subscribe(shared.broker, queue);
    const deliveries = await take(subscription, bodies.length);
    expect(deliveries.map(({ body }) => body)).toEqual(bodies.map((body) => `${body}!`));
    await ackAll(subscription, deliveries);
    await subscription.close();
  });

  it("a queue that is not used any more leaves nothing behind for long", async () => {
    const queue = "YTask:Queue:used-once";
    await shared.broker.send([message(queue, "a")]);
    const { subscription } = await subscribe(shared.broker, queue);
    await ackAll(subscription, await take(subscription, 1));
    await subscription.close();
    const keys = (await shared.redis.command("KEYS", `*${queue}*`)).split("\n").filter((key) => key !== "");
    for (const key of keys) expect(Number(await shared.redis.command("PTTL", key)), key).toBeGreaterThan(0);
  });
});
