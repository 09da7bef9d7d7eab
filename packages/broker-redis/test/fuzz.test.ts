import { randomUUID } from "node:crypto";
import { Client, type DeadLetter, Server } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { queueKey } from "@ytask/core/wire";
import { describeWithServer, type SharedServer, sharedRedis, waitUntil } from "@ytask-internal/test-servers";
import fc from "fast-check";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RedisBroker } from "../src/index.js";
import { queueKeys } from "../src/queue-keys.js";
import { tidyUpRedis } from "./support/tidy-up-redis.js";

/** Cases that were found, and mended, are the `examples`: they run each time, before the others. */
const isFull = process.env.YTASK_TEST_FULL !== undefined;
const timeoutMs = isFull ? 1_800_000 : 60_000;

/** What somebody else, or an older version, may have left in our keys. */
const garbage = fc.oneof(
  fc.string({ unit: "binary-ascii", maxLength: 30 }),
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.json(),
  fc.constantFrom(
    ...["", ":", "::", "a:b", "1", "1:", "-1:x", "1.5:x", "1e9:x", "99999999999999999999:x", "nan:x"],
    ...["h:", "t:body", "1700000000000000.00001.t", '{"Id":""}', "0:{", " 1:x", "\u0000:\u0000"],
  ),
);
/** Of a set's members no two are the same, so that each can be found again. */
const members = fc.uniqueArray(garbage, { minLength: 1, maxLength: 15 });

describeWithServer("redis", "garbage in the broker's keys", () => {
  let shared: SharedServer;
  let redis: Redis;
  beforeAll(async () => {
    shared = await sharedRedis();
    redis = new Redis(shared.url);
  });
  afterAll(async () => {
    await redis.quit();
    await shared.stop();
  });

  /** Puts garbage into the keys of a group, has a server run a good task after it, and resolves to the dead letters. */
  async function deadLettersOf(
    put: (keys: ReturnType<typeof queueKeys>) => Promise<unknown>,
    count: number,
  ): Promise<readonly DeadLetter[]> {
    const group = `fuzz-${randomUUID()}`;
    const drivers = { broker: new RedisBroker({ url: shared.url, leaseMs: 1_000 }), logger: silentLogger };
    await using server = new Server(drivers);
    await using client = new Client(drivers);
    const ran: number[] = [];
    server.add(group, "note", (number: number) => void ran.push(number));
    await put(queueKeys(queueKey(group)));
    await server.run(group, { concurrency: 5 });
    await client.send(group, "note", [1]);
    await client.send(group, "note", [2], { runAfterMs: 5 });
    await waitUntil("the good tasks have run", () => ran.includes(1) && ran.includes(2), {
      timeoutMs: 10_000,
    });
    const box = client.deadLetters(group);
    await waitUntil("all garbage is dead", async () => (await box.list()).length >= count, {
      timeoutMs: 10_000,
    });
    const letters = await box.list();
    await server.shutdown();
    await tidyUpRedis(shared.url, [queueKey(group)]);
    return letters;
  }

  const bodiesOf = (letters: readonly DeadLetter[]) => letters.map(({ body }) => body).sort();

  /** Garbage never is a task, so each of it becomes a dead letter, in which it can be found again. */
  const isFoundIn = (letters: readonly DeadLetter[], all: readonly string[]) => {
    expect(letters).toHaveLength(all.length);
    for (const letter of letters) {
      expect(letter.reason).toBe("malformed");
      expect(all.some((member) => member.endsWith(letter.body))).toBe(true);
    }
  };

  it(
    "makes a dead letter of each body of a queue",
    async () => {
      const property = fc.asyncProperty(members, async (all) => {
        const letters = await deadLettersOf(({ queue }) => redis.rpush(queue, ...all), all.length);
        expect(bodiesOf(letters)).toEqual([...all].sort());
      });
      await fc.assert(property, { numRuns: isFull ? 300 : 10 });
    },
    timeoutMs,
  );

  it(
    "makes a dead letter of each delayed member, and goes on with those behind it",
    async () => {
      const property = fc.asyncProperty(members, async (all) => {
        const put = ({ delayed }: ReturnType<typeof queueKeys>) =>
          redis.zadd(delayed, ...all.flatMap((member, index) => [index, member]));
        isFoundIn(await deadLettersOf(put, all.length), all);
      });
      await fc.assert(property, { numRuns: isFull ? 300 : 10, examples: [[[""]]] });
    },
    timeoutMs,
  );

  it(
    "makes a dead letter of each returned entry, and goes on with those behind it",
    async () => {
      const property = fc.asyncProperty(members, async (all) => {
        const put = ({ returned }: ReturnType<typeof queueKeys>) => redis.rpush(returned, ...all);
        isFoundIn(await deadLettersOf(put, all.length), all);
      });
      await fc.assert(property, { numRuns: isFull ? 300 : 10, examples: [[["[]"]]] });
    },
    timeoutMs,
  );

  it(
    "returns what a consumer without a lease held, whatever its tokens are",
    async () => {
      const property = fc.asyncProperty(members, async (all) => {
        const put = async ({ leases, consumerPrefix }: ReturnType<typeof queueKeys>) => {
          await redis.zadd(leases, 1, "gone");
          await redis.hset(`${consumerPrefix}gone`, ...all.flatMap((token) => [token, `body of ${token}`]));
        };
        const letters = await deadLettersOf(put, all.length);
        expect(bodiesOf(letters)).toEqual(all.map((token) => `body of ${token}`).sort());
      });
      await fc.assert(property, { numRuns: isFull ? 50 : 2, examples: [[["null", ""]]] });
    },
    timeoutMs,
  );

  it(
    "lists and redrives letters whatever fields they have",
    async () => {
      const fields = fc.array(fc.tuple(garbage, garbage), { minLength: 1, maxLength: 4 });
      const property = fc.asyncProperty(fc.array(fields, { minLength: 1, maxLength: 5 }), async (all) => {
        const group = `fuzz-${randomUUID()}`;
        const { dead, queue } = queueKeys(queueKey(group));
        for (const pairs of all) await redis.xadd(dead, "*", ...pairs.flat());
        await using client = new Client({
          broker: new RedisBroker({ url: shared.url }),
          logger: silentLogger,
        });
        const box = client.deadLetters(group);
        expect((await box.list()).map(({ body }) => body)).toEqual(all.map(([first]) => first?.[1]));
        expect(await box.redrive()).toBe(all.length);
        expect(await redis.llen(queue)).toBe(all.length);
        await tidyUpRedis(shared.url, [queue]);
      });
      await fc.assert(property, { numRuns: isFull ? 1_000 : 20 });
    },
    timeoutMs,
  );
});
