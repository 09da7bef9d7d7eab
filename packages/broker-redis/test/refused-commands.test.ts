import { Client, PermanentError, Server, withContext } from "@ytask/core";
import { type Outcome, silentLogger } from "@ytask/core/driver";
import { MemoryBackend } from "@ytask/core/memory";
import { describeWithOwnServer, type RedisServer, startRedis, waitUntil } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";
import { ackAll, message, subscribe, take } from "./support/subscriber.js";

/** What the scripts change, a command each. */
const commands =
  "hset hdel rpush lpush lmove ltrim xadd xdel zadd zrem rename unlink pexpire zremrangebyscore".split(" ");
const count = 3;
const numbers = [...Array(count).keys()];

describeWithOwnServer("redis", "a user who may not use one of the commands", () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  /** A server that notes which tasks ran through: plain ones, and those that first fail, or go on in another group. */
  function serverOf(url: string, group: string, done: Set<string>): Server {
    const server = new Server({
      broker: new RedisBroker({ url, leaseMs: 500 }),
      backend: new MemoryBackend(),
      logger: silentLogger,
    });
    const backoff = { kind: "fixed", initialMs: 20 } as const;
    server.add(group, "plain", (n: number) => void done.add(`plain ${n}`));
    server.add(
      group,
      "again",
      withContext((context, n: number) => {
        if (context.attempt === 1) throw new Error("once more");
        done.add(`again ${n}`);
      }),
      { backoff },
    );
    server.add(group, "first", (n: number) => n);
    server.add(group, "dead", () => {
      throw new PermanentError("for the dead letters");
    });
    server.add(`${group}-next`, "second", (n: number) => void done.add(`second ${n}`));
    return server;
  }

  /** How often Redis refused something to a user in the last minute. */
  async function refusals(user: string): Promise<number> {
    const log = await redis.command("ACL", "LOG");
    const ofUser = log.split("count\n").filter((entry) => entry.includes(`username\n${user}\n`));
    return ofUser.reduce((sum, entry) => sum + Number.parseInt(entry, 10), 0);
  }

  it.each(commands)("loses nothing that was accepted: %s", async (command) => {
    const user = `no-${command}`;
    const group = `without-${command}`;
    await redis.command("ACL", "SETUSER", user, "on", ">pass", "~*", "&*", "+@all");
    const limited = `redis://${user}:pass@${redis.host}:${redis.port}`;
    const done = new Set<string>();
    await using client = new Client({ broker: new RedisBroker({ url: redis.url }), logger: silentLogger });
    const server = serverOf(limited, group, done);
    await server.run(group);
    await server.run(`${group}-next`);
    const sendOfEach = async (n: number): Promise<void> => {
      await client.send(group, "plain", [n]);
      await client.send(group, "plain", [n + 100], { runAfterMs: 50 });
      await client.send(group, "plain", [n + 200], { runAfterMs: 50, front: true });
      await client.send(group, "again", [n]);
      await client.send(group, "dead");
      await client.sendWorkflow([
        { group, name: "first", args: [n] },
        { group: `${group}-next`, name: "second" },
      ]);
    };
    const wanted = numbers.flatMap((n) =>
      [n, n + 100, n + 200].map((each) => `plain ${each}`).concat(`again ${n}`, `second ${n}`),
    );
    const isAllDone = async () =>
      wanted.every((each) => done.has(each)) && ((await client.counts(group)).dead ?? 0) >= count;

    await redis.command("ACL", "SETUSER", user, `-${command}`);
    // It takes a new name for what it holds when it comes back.
    await redis.command("CLIENT", "KILL", "USER", user);
    for (const n of numbers) await sendOfEach(n);
    await waitUntil(
      "it is refused again and again, or not needed",
      async () => (await refusals(user)) >= 5 || (await isAllDone()),
    );
    await server.shutdown({ timeoutMs: 100 });
    await redis.command("ACL", "SETUSER", user, `+${command}`);

    const next = serverOf(limited, group, done);
    await next.run(group);
    await next.run(`${group}-next`);
    await waitUntil("all has run", isAllDone);
    await next.shutdown();
  });

  it.each(["zadd", "zrem", "rename", "hkeys"])("keeps what it holds: %s", async (command) => {
    const user = `holds-no-${command}`;
    const queue = `YTask:Queue:held-without-${command}`;
    await redis.command("ACL", "SETUSER", user, "on", ">pass", "~*", "&*", "+@all");
    const limited = new RedisBroker({
      url: `redis://${user}:pass@${redis.host}:${redis.port}`,
      leaseMs: 500,
    });
    await limited.connect();
    await limited.send([message(queue, "a")]);
    const { subscription } = await subscribe(limited, queue);
    const [held] = await take(subscription, 1);
    if (held === undefined) throw new Error("nothing was taken");
    await redis.command("ACL", "SETUSER", user, `-${command}`);
    await redis.command("CLIENT", "KILL", "USER", user);
    await waitUntil("it is refused", async () => (await refusals(user)) > 0);
    await redis.command("ACL", "SETUSER", user, `+${command}`);
    let outcome: Outcome | undefined = "unknown";
    while (outcome === "unknown") [outcome] = await ackAll(subscription, [held]);
    // What it lost with its old name comes back when the lease of the new one runs out.
    if (outcome === "lost")
      expect(await ackAll(subscription, await take(subscription, 1))).toEqual(["settled"]);
    expect(await limited.counts(queue)).toEqual({ waiting: 0, delayed: 0, running: 0, dead: 0 });
    await limited.close();
  });
});
