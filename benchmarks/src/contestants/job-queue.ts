import type { Job } from "@platformatic/job-queue";
import type { Contestant, Payload, Session } from "../contestant.js";
import { inWindows } from "../in-windows.js";

async function open(url: string, name: string): Promise<Session> {
  const { Queue, RedisStorage } = await import("@platformatic/job-queue");
  const storage = () => new RedisStorage({ url, keyPrefix: `${name}:` });
  const queue = new Queue<Payload, number>({ storage: storage() });
  await queue.start();
  const ids: string[] = [];
  /** It wants ids from its user. */
  const nextId = (): string => {
    const id = `${process.pid}-${ids.length}`;
    ids.push(id);
    return id;
  };
  return {
    send: (payload) => queue.enqueue(nextId(), payload),
    call: (payload) => queue.enqueueAndWait(nextId(), payload, { timeout: 30_000 }),
    async serve(concurrency, run, onDone) {
      const worker = new Queue<Payload, number>({ storage: storage(), concurrency });
      worker.execute(async ({ payload: { index } }: Job<Payload>) => {
        run(index);
        return index;
      });
      worker.on("completed", onDone);
      worker.on("error", (error) => console.error(error));
      await worker.start();
      return { stop: () => worker.stop() };
    },
    results: () => inWindows(ids, (id) => queue.getResult(id)),
    close: () => queue.stop(),
  };
}

export const jobQueue: Contestant = {
  name: "@platformatic/job-queue",
  store: "redis",
  guarantees: "append-only file, everysec; results kept for an hour",
  packages: ["@platformatic/job-queue"],
  needsNode22: true,
  can: new Set(["call", "processes"]),
  open: ({ redisUrl }, queue) => open(redisUrl, queue),
};
