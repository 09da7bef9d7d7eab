import type BeeQueue from "bee-queue";
import type { Contestant, Payload, Session } from "../contestant.js";

async function open(redisUrl: string, name: string): Promise<Session> {
  const { default: BeeQueue } = await import("bee-queue");
  const { hostname: host, port } = new URL(redisUrl);
  const redis = { host, port: Number(port) };
  // What it calls events are its results: it announces them, and stores only that the job succeeded.
  const queue = new BeeQueue<Payload>(name, { redis, isWorker: false });
  await queue.ready();
  const results: unknown[] = [];
  queue.on("job succeeded", (_id, result) => results.push(result));
  let sent = 0;
  const save = (payload: Payload): Promise<unknown> => {
    sent++;
    return queue.createJob(payload).save();
  };
  return {
    send: save,
    async sendMany(payloads) {
      sent += payloads.length;
      const errors = await queue.saveAll(payloads.map((payload) => queue.createJob(payload)));
      if (errors.size > 0) throw [...errors.values()][0];
    },
    sendDelayed(payload, delayMs) {
      sent++;
      return queue
        .createJob(payload)
        .delayUntil(Date.now() + delayMs)
        .save();
    },
    async call(payload) {
      const job = queue.createJob(payload);
      const result = new Promise((resolve, reject) => job.on("succeeded", resolve).on("failed", reject));
      sent++;
      await job.save();
      return result;
    },
    async serve(concurrency, run, onDone) {
      const worker = new BeeQueue<Payload>(name, { redis, getEvents: false, activateDelayedJobs: true });
      worker.on("succeeded", onDone);
      worker.on("error", (error) => console.error(error));
      await worker.ready();
      worker.process(concurrency, async ({ data: { index } }: BeeQueue.Job<Payload>) => {
        run(index);
        return index;
      });
      return { stop: () => worker.close() };
    },
    async results() {
      for (let waited = 0; results.length < sent && waited < 100; waited++)
        await new Promise((resolve) => setTimeout(resolve, 50));
      return results;
    },
    close: () => queue.close(),
  };
}

export const beeQueue: Contestant = {
  name: "bee-queue",
  store: "redis",
  guarantees: "append-only file, everysec; that a job succeeded is kept, its result only announced",
  packages: ["bee-queue"],
  can: new Set(["sendMany", "sendDelayed", "call", "processes"]),
  open: ({ redisUrl }, queue) => open(redisUrl, queue),
};
