import { describeWithOwnServer, startProxy, startRedis } from "@ytask-internal/test-servers";
import { expect, test } from "vitest";
import { RedisBroker } from "../src/index.js";
import { message } from "./support/subscriber.js";

/** To Redis and back: longer than the rest between two tries, so that the bound mostly ends within a try. */
const roundTripMs = 60;

describeWithOwnServer("redis", "a send that Redis refuses for want of replicas until its bound", () => {
  test("is surely not stored, and leaves the connection as it is", async () => {
    const redis = await startRedis({ arguments: ["--min-replicas-to-write", "1"] });
    const proxy = await startProxy(redis.port);
    proxy.delay(roundTripMs / 2);
    // The bounds end at different moments of a try, and of the rest before the next.
    const brokers = Array.from(
      { length: 10 },
      (_, index) =>
        new RedisBroker({ url: `redis://127.0.0.1:${proxy.port}`, commandTimeoutMs: 4_000 + 11 * index }),
    );
    await Promise.all(brokers.map((broker) => broker.connect()));
    const connections = async (): Promise<number> =>
      Number(/total_connections_received:(\d+)/.exec(await redis.command("INFO", "stats"))?.[1]);
    const before = await connections();
    const sends = await Promise.allSettled(
      brokers.map((broker) => broker.send([message("YTask:Queue:refused", "a")])),
    );
    const refused = {
      status: "rejected",
      reason: { notStored: [0], unknown: [], message: expect.stringContaining("NOREPLICAS") },
    };
    expect(sends).toMatchObject(brokers.map(() => refused));
    // The command that asks is one too.
    expect(await connections()).toBe(before + 1);
    await Promise.all(brokers.map((broker) => broker.close()));
    await proxy.close();
    await redis.stop();
  });
});
