import { randomUUID } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { describeWithOwnServer, type RedisServer, startRedis, waitUntil } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RedisBackend } from "../src/index.js";

/** A proxy that looks for SUBSCRIBE. */
interface SubscribeProxy {
  readonly port: number;
  /** How often each connection subscribed, in the order in which they first did. */
  readonly subscribes: readonly number[];
  /** Resets the connections that subscribed, and as many of the next ones as `more`, each at its first SUBSCRIBE. */
  cut(more: number): void;
  close(): Promise<void>;
}

async function startSubscribeProxy(redis: RedisServer): Promise<SubscribeProxy> {
  const sockets = new Set<Socket>();
  const subscribers = new Map<Socket, number>();
  let toCut = 0;
  const server = createServer((client) => {
    const target = connect({ host: redis.host, port: redis.port });
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on("data", (data) => {
      const count = data.toString("latin1").match(/\r\nsubscribe\r\n/gi)?.length ?? 0;
      if (count > 0) subscribers.set(client, (subscribers.get(client) ?? 0) + count);
      if (count > 0 && toCut > 0) {
        toCut--;
        client.resetAndDestroy();
      } else target.write(data);
    });
    target.pipe(client);
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    }),
  );
  return {
    port,
    get subscribes() {
      return [...subscribers.values()];
    },
    cut(more) {
      toCut = more;
      for (const client of subscribers.keys()) client.resetAndDestroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describeWithOwnServer("redis", "the connection on which a Redis backend watches", () => {
  let redis: RedisServer;
  let proxy: SubscribeProxy;
  beforeAll(async () => {
    redis = await startRedis();
    proxy = await startSubscribeProxy(redis);
  });
  afterAll(async () => {
    await proxy.close();
    await redis.stop();
  });

  // A rejection that nobody handles fails the run, beside what is expected here.
  it("may break again before it has subscribed again: nothing is left unhandled, and the watch goes on", async () => {
    const backend = new RedisBackend({ url: `redis://127.0.0.1:${proxy.port}` });
    await backend.connect();
    const key = `YTask:Backend:${randomUUID()}`;
    let calls = 0;
    await backend.watch(key, () => calls++);
    await waitUntil("whoever watches has looked once", () => calls > 0);
    const before = calls;
    proxy.cut(2);
    await waitUntil("the third connection after that has subscribed", () => calls > before);
    // Each only once: had ioredis subscribed too, nobody would mind that call.
    expect(proxy.subscribes.slice(1)).toEqual([1, 1, 1]);
    const caughtUp = calls;
    await backend.set([{ key, value: "x" }]);
    await waitUntil("what is set is announced", () => calls > caughtUp);
    await backend.close();
  });
});
