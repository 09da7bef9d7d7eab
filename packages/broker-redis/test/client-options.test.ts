import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { RedisBroker, type RedisBrokerOptions } from "../src/index.js";
import { message } from "./support/subscriber.js";
import { describeWithBroker } from "./support/with-broker.js";

describeWithBroker("options of ioredis with which the broker could not work", (shared) => {
  it("numbers as texts are not taken over: of the options, of a URL, or of a client", async () => {
    const { host, port, url } = shared.redis;
    const pattern = new Redis({ host, port, stringNumbers: true, lazyConnect: true });
    const ways: RedisBrokerOptions[] = [
      { redis: { host, port, stringNumbers: true } },
      { url: `${url}?stringNumbers=true` },
      { client: pattern },
    ];
    for (const [index, options] of ways.entries()) {
      const queue = `YTask:Queue:numbers-${index}`;
      const broker = new RedisBroker(options);
      await broker.connect();
      await broker.send([message(queue, "a")]);
      expect(await broker.counts(queue)).toEqual({ waiting: 1, delayed: 0, running: 0, dead: 0 });
      await broker.close();
    }
    pattern.disconnect();
  });

  it.each([true, 2] as const)("a reconnect after each error is not taken over: %s", async (answer) => {
    const { host, port } = shared.redis;
    const reconnectOnError = () => answer;
    const pattern = new Redis({ host, port, reconnectOnError, lazyConnect: true });
    for (const options of [{ redis: { host, port, reconnectOnError } }, { client: pattern }]) {
      const queue = `YTask:Queue:${randomUUID()}`;
      const broker = new RedisBroker(options);
      await broker.connect();
      // The server answers that it does not know the script.
      await shared.redis.command("SCRIPT", "FLUSH");
      await broker.send([message(queue, "a")]);
      expect(await broker.counts(queue)).toMatchObject({ waiting: 1 });
      await broker.close();
    }
    pattern.disconnect();
  });

  it("bounds of ioredis for each command are not taken over: the broker has its own", async () => {
    const { host, port } = shared.redis;
    const bounds = { commandTimeout: 50, socketTimeout: 50 };
    const pattern = new Redis({ host, port, ...bounds, lazyConnect: true });
    for (const options of [{ redis: { host, port, ...bounds } }, { client: pattern }]) {
      const broker = new RedisBroker(options);
      await broker.connect();
      await shared.redis.command("CLIENT", "PAUSE", "300");
      expect(await broker.counts(`YTask:Queue:${randomUUID()}`)).toMatchObject({ waiting: 0 });
      await broker.close();
    }
    pattern.disconnect();
  });
});
