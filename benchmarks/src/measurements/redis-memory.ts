import { Redis } from "ioredis";
import { fill, newQueueName, runAllAndVerify } from "../load.js";
import { type Measurement, parameter } from "../measurement.js";

export const redisMemory: Measurement = {
  title: "Redis memory",
  about:
    "How much Redis' `used_memory` grows for each task that waits, with all that is kept beside it: for YTask the " +
    "status Sent.",
  figures: { bytes: { title: "bytes a waiting task", unit: "B", better: "lower" } },
  cases: (isQuick) =>
    [0, 100].map((characters) => ({
      label: characters === 0 ? "a number" : `a number and ${characters} characters`,
      parameters: { characters, count: isQuick ? 2_000 : 20_000 },
    })),
  suits: ({ store }) => store === "redis",
  async round({ contestant, servers, parameters }) {
    const count = parameter(parameters, "count");
    const redis = new Redis(servers.redisUrl);
    const session = await contestant.open(servers, newQueueName());
    const before = await usedMemory(redis);
    await fill(session, 0, count, parameter(parameters, "characters"));
    await session.written?.();
    const after = await usedMemory(redis);
    redis.disconnect();
    await runAllAndVerify(session, count);
    return { bytes: (after - before) / count };
  },
};

async function usedMemory(redis: Redis): Promise<number> {
  const [, bytes] = /^used_memory:(\d+)/m.exec(await redis.info("memory")) ?? [];
  return Number(bytes);
}
