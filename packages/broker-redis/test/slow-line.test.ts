import { waitUntil } from "@ytask-internal/test-servers";
import { beforeAll, beforeEach, expect, it } from "vitest";
import type { RedisBroker } from "../src/index.js";
import { ackAll, message, subscribe, take } from "./support/subscriber.js";
import { describeWithProxy } from "./support/with-proxy.js";

const bytesPerSecond = 200_000;

describeWithProxy("a line that is too slow for what is reserved", { commandTimeoutMs: 1_000 }, (shared) => {
  let slow: RedisBroker;
  let direct: RedisBroker;
  let queue: string;
  beforeAll(() => shared.proxy.throttle(bytesPerSecond));
  beforeEach(() => {
    ({ proxied: slow, direct, queue } = shared);
  });

  it("brings what was reserved in smaller answers, in order, and none twice", async () => {
    const bodies = Array.from({ length: 40 }, (_, index) => `${index}`.padEnd(20_000, "."));
    await direct.send(bodies.map((body) => message(queue, body)));
    const { subscription, lost } = await subscribe(slow, queue);
    const deliveries = await take(subscription, bodies.length);
    expect(deliveries.map(({ body }) => body)).toEqual(bodies);
    expect(new Set(deliveries.map(({ redeliveries }) => redeliveries))).toEqual(new Set([0]));
    expect(new Set(await ackAll(subscription, deliveries))).toEqual(new Set(["settled"]));
    expect(lost).toEqual([]);
    expect(await direct.counts(queue)).toEqual({ waiting: 0, delayed: 0, running: 0, dead: 0 });
    await subscription.close();
  });

  it("makes a message a dead letter that is far too large for it, and goes on with the others", async () => {
    const large = "x".repeat(1_500_000);
    await direct.send([large, "a", "b"].map((body) => message(queue, body)));
    const { subscription, errors } = await subscribe(slow, queue);
    const deliveries = await take(subscription, 2);
    expect(deliveries.map(({ body }) => body)).toEqual(["a", "b"]);
    await ackAll(subscription, deliveries);
    const [letter] = await direct.deadLetters(queue).list();
    expect(letter).toMatchObject({ body: large, reason: "tooLarge" });
    expect(letter?.error).toMatch(/1500000 bytes .* within 1000 ms; raise commandTimeoutMs/);
    expect(errors.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/raise commandTimeoutMs/),
    );
    await subscription.close();
  });

  it("gives a message back that a faster line may bring, with what was held behind it", async () => {
    const bodies = ["x".repeat(500_000), "y".repeat(500_000)];
    await direct.send(bodies.map((body) => message(queue, body)));
    const { subscription } = await subscribe(slow, queue);
    const failures: string[] = [];
    await waitUntil("it gave them back", async () => {
      await subscription.receive(10, 100).catch((error: Error) => failures.push(error.message));
      return failures.some((text) => text.includes("Raise commandTimeoutMs"));
    });
    const other = await subscribe(direct, queue);
    const deliveries = await take(other.subscription, 2);
    expect(deliveries.map(({ body, redeliveries }) => [body, redeliveries])).toEqual(
      bodies.map((body) => [body, 0]),
    );
    await ackAll(other.subscription, deliveries);
    await Promise.all([subscription.close(), other.subscription.close()]);
  });
});
