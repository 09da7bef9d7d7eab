import { randomUUID } from "node:crypto";
import { waitUntil } from "@ytask-internal/test-servers";
import { expect, it } from "vitest";
import { subscribe, take } from "./support/subscriber.js";
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
});
