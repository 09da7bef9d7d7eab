import { connect, createServer, type Socket } from "node:net";
import { inspect } from "node:util";
import { Client, ErrorCode, type Logger, PermanentError, Server, YTaskError } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import {
  describeWithOwnServer,
  type RedisServer,
  startProxy,
  startRedis,
  untilSucceeds,
  waitUntil,
} from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";
import { message, subscribe, take } from "./support/subscriber.js";

const queue = "YTask:Queue:refusals";

/** What the call rejects with. */
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error("it was to be refused");
    },
    (error: unknown) => error,
  );

const connecting = async (options: ConstructorParameters<typeof RedisBroker>[0]): Promise<unknown> => {
  const broker = new RedisBroker(options);
  try {
    return await errorOf(broker.connect());
  } finally {
    await broker.close();
  }
};

/** All that a log could print of an error: its cause, and what hangs on that. */
const everythingOf = (error: unknown): string => inspect(error, { depth: Number.POSITIVE_INFINITY });

/** A real Redis that says it is older than it is. */
async function startOldRedis(redis: RedisServer): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect({ host: redis.host, port: redis.port });
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    client.pipe(target);
    target.on("data", (data) =>
      client.write(data.toString("latin1").replace(/(redis_version:)\d/, "$15"), "latin1"),
    );
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    }),
  );
  return {
    port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describeWithOwnServer("redis", "what Redis refuses is told with its cause, and what to do", () => {
  let redis: RedisServer;
  let guarded: RedisServer;
  beforeAll(async () => {
    [redis, guarded] = await Promise.all([
      startRedis(),
      startRedis({ password: "right", appendOnly: false }),
    ]);
  });
  afterAll(() => Promise.all([redis.stop(), guarded.stop()]));

  it("a wrong password, and none", async () => {
    const wrong = await connecting({ url: guarded.url.replace("right", "wrong-secret") });
    expect(wrong).toMatchObject({
      code: ErrorCode.AccessRefused,
      message: expect.stringMatching(/password/),
    });
    expect(everythingOf(wrong)).not.toContain("wrong-secret");
    const none = await connecting({ url: `redis://${guarded.host}:${guarded.port}` });
    expect(none).toMatchObject({
      code: ErrorCode.AccessRefused,
      message: expect.stringMatching(/asks for a password/),
    });
  });

  it("a command that the server does not know, without what was said with it", async () => {
    const withoutAuth = await startRedis({ arguments: ["--rename-command", "AUTH", ""] });
    const { host, port } = withoutAuth;
    const error = await connecting({ url: `redis://user:wrong-secret@${host}:${port}` });
    await withoutAuth.stop();
    expect(error).toMatchObject({
      code: ErrorCode.UnsupportedServer,
      message: expect.stringMatching(/unknown command .auth.\)/),
    });
    expect(everythingOf(error)).not.toContain("wrong-secret");
  });

  it("a server that is not there", async () => {
    const error = await connecting({ url: "redis://user:secret@127.0.0.1:1/0" });
    expect(error).toMatchObject({
      code: ErrorCode.Connection,
      message: expect.stringMatching(/127\.0\.0\.1:1 cannot be reached.*ECONNREFUSED/),
    });
    expect(String(error)).not.toContain("secret");
  });

  it("a server that takes the connection and says nothing, as one that hangs", async () => {
    const proxy = await startProxy(redis.port);
    proxy.swallow();
    const { port } = proxy;
    expect(await connecting({ url: `redis://127.0.0.1:${port}`, connectTimeoutMs: 300 })).toMatchObject({
      code: ErrorCode.Connection,
      message: expect.stringMatching(/not ready within 300 ms: it hangs, or loads its data/),
    });
    await proxy.close();
  });

  it("a Redis older than 6.2", async () => {
    const old = await startOldRedis(redis);
    try {
      expect(await connecting({ url: `redis://127.0.0.1:${old.port}` })).toMatchObject({
        code: ErrorCode.UnsupportedServer,
        message: expect.stringMatching(/version 5\..*needs 6\.2 or later/),
      });
    } finally {
      await old.stop();
    }
  });

  it("a read-only replica, from the start and when a master becomes one", async () => {
    const replica = await startRedis();
    const broker = new RedisBroker({ url: replica.url, commandTimeoutMs: 1_000 });
    try {
      await broker.connect();
      await replica.command("REPLICAOF", redis.host, `${redis.port}`);
      expect(await errorOf(broker.send([message(queue, "a")]))).toMatchObject({
        code: ErrorCode.SendMessage,
        notStored: [0],
        message: expect.stringMatching(/read-only replica/),
      });
      expect(await connecting({ url: replica.url })).toMatchObject({
        code: ErrorCode.UnsupportedServer,
        message: expect.stringMatching(/read-only replica; connect to its master/),
      });
      await replica.command("REPLICAOF", "NO", "ONE");
      await untilSucceeds("sends work again", () => broker.send([message(queue, "a")]));
    } finally {
      await broker.close();
      await replica.stop();
    }
  });

  it("a database that Redis does not have", async () => {
    const noDatabase = {
      code: ErrorCode.InvalidArgument,
      message: expect.stringMatching(/no database of that number.*DB index is out of range/),
    };
    const { host, port, url } = redis;
    expect(await connecting({ url: `${url}/99` })).toMatchObject(noDatabase);
    expect(await connecting({ redis: { host, port, db: 99 } })).toMatchObject(noDatabase);
    // Then ioredis asks whether the server is ready together with the SELECT.
    expect(await connecting({ redis: { host, port, db: 99, disableClientInfo: true } })).toMatchObject(
      noDatabase,
    );
  });

  it("a database that is refused at a reconnect: nothing goes to database 0, and work goes on when it is not", async () => {
    await redis.command("ACL", "SETUSER", "mover", "on", ">pass", "~*", "+@all");
    const broker = new RedisBroker({
      url: `redis://mover:pass@${redis.host}:${redis.port}/3`,
      commandTimeoutMs: 500,
    });
    await broker.connect();
    const elsewhere = "YTask:Queue:in-another-database";
    await redis.command("ACL", "SETUSER", "mover", "-select");
    await redis.command("CLIENT", "KILL", "TYPE", "normal");
    await waitUntil("the new connection is refused", () =>
      broker.counts(elsewhere).then(
        () => false,
        (error: unknown) => YTaskError.isInstance(error, ErrorCode.AccessRefused),
      ),
    );
    expect(await errorOf(broker.send([message(elsewhere, "a")]))).toMatchObject({ notStored: [0] });
    expect(await redis.command("LLEN", elsewhere)).toBe("0");
    await redis.command("ACL", "SETUSER", "mover", "+select");
    await untilSucceeds("sends work again", () => broker.send([message(elsewhere, "b")]));
    expect(await redis.command("-n", "3", "LLEN", elsewhere)).not.toBe("0");
    await broker.close();
  });

  it("a user without the permission", async () => {
    await guarded.command("ACL", "SETUSER", "reader", "on", ">pass", "~*", "+@read", "+@connection", "+info");
    const broker = new RedisBroker({ url: `redis://reader:pass@${guarded.host}:${guarded.port}` });
    await broker.connect();
    const error = await errorOf(broker.send([message(queue, "a")]));
    expect(error).toMatchObject({ notStored: [0], cause: { code: ErrorCode.AccessRefused } });
    await broker.close();
  });

  it("a key of another type: nothing is changed, and work goes on when it is gone", async () => {
    const broker = new RedisBroker({ url: redis.url });
    await broker.connect();
    const { subscription, errors } = await subscribe(broker, queue);
    await redis.command("DEL", queue);
    // Long enough that it is not yet due when the key is of another type.
    await broker.send([message(queue, "later", { delayMs: 2_000 })]);
    await redis.command("SET", queue, "of somebody else");
    const wrongType = {
      code: ErrorCode.UnsupportedServer,
      message: expect.stringMatching(/another type.*delete the key/),
    };
    expect(await errorOf(broker.send([message(queue, "a")]))).toMatchObject({
      notStored: [0],
      cause: wrongType,
    });
    expect(await errorOf(subscription.receive(1, 100))).toMatchObject(wrongType);
    await waitUntil("the background tells too, when something falls due", () => errors.length > 0);
    expect(errors[0]).toMatchObject(wrongType);

    await redis.command("DEL", queue);
    expect((await take(subscription, 1)).map(({ body }) => body)).toEqual(["later"]);
    await broker.send([message(queue, "b")]);
    expect((await take(subscription, 1)).map(({ body }) => body)).toEqual(["b"]);
    await subscription.close();
    await broker.close();
  });

  it("a key of another type, of one queue of several: those of the others are stored, and the error tells which", async () => {
    const broker = new RedisBroker({ url: redis.url });
    await broker.connect();
    const [good, bad] = ["YTask:Queue:of-tasks", "YTask:Queue:of-somebody-else"];
    await redis.command("SET", bad, "of somebody else");
    const sent = [good, bad, good, good, bad, "YTask:Queue:another"].map((to, index) =>
      message(to, `${index}`),
    );
    expect(await errorOf(broker.send(sent))).toMatchObject({ notStored: [1, 4], unknown: [] });
    expect(await broker.counts(good)).toMatchObject({ waiting: 3 });
    await redis.command("DEL", bad, good, "YTask:Queue:another");
    await broker.close();
  });

  it("a key of another type, of the dead letters: what ends well beside what does not is settled", async () => {
    const group = "refused-letters";
    const own = (name: string) => `{YTask:Queue:${group}}:ts1:${name}`;
    await redis.command("SET", own("dead"), "no stream");
    const drivers = () => ({ broker: new RedisBroker({ url: redis.url }), logger: silentLogger });
    await using client = new Client(drivers());
    await using server = new Server(drivers());
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    let begun = 0;
    server.add(group, "run", async (isGood: boolean) => {
      begun++;
      await ended;
      if (!isGood) throw new PermanentError("bad");
    });
    await server.run(group, { concurrency: 20 });
    for (let index = 0; index < 20; index++) await client.send(group, "run", [index > 0]);
    await waitUntil("all have begun", () => begun === 20);
    end();
    const held = async () => redis.command("HLEN", await redis.command("KEYS", own("consumer:*")));
    await waitUntil("one is held", async () => (await held()) === "1", { timeoutMs: 30_000 });
    await redis.command("DEL", own("dead"));
    await waitUntil("it is a dead letter", async () => (await client.counts(group)).dead === 1);
  });

  it("an append-only file that is off, with one warning", async () => {
    const warnings: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (text) => warnings.push(text) };
    for (const url of [guarded.url, redis.url]) {
      const broker = new RedisBroker({ url });
      await broker.connect({ logger });
      await broker.close();
    }
    expect(warnings).toEqual([expect.stringMatching(/append-only file.*appendonly yes/)]);
  });
});
