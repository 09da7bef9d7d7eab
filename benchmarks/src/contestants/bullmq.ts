import type { ConnectionOptions, Job, QueueEvents } from "bullmq";
import type { Contestant, Payload, Session } from "../contestant.js";
import { inWindows } from "../in-windows.js";

/** How long to wait for a result, in milliseconds. */
const waitMs = 30_000;

async function listen(name: string, connection: ConnectionOptions): Promise<QueueEvents> {
  const { QueueEvents } = await import("bullmq");
  const events = new QueueEvents(name, { connection });
  events.setMaxListeners(0);
  await events.waitUntilReady();
  return events;
}

async function open(redisUrl: string, name: string): Promise<Session> {
  const { Job, Queue, Worker } = await import("bullmq");
  const { hostname: host, port } = new URL(redisUrl);
  const connection = { host, port: Number(port) };
  const queue = new Queue<Payload, number>(name, { connection });
  await queue.waitUntilReady();
  const ids: string[] = [];
  const note = ({ id = "" }: { id?: string | undefined }): number => ids.push(id);
  let listening: Promise<QueueEvents> | undefined;
  return {
    send: async (payload) => note(await queue.add("echo", payload)),
    sendMany: async (payloads) =>
      (await queue.addBulk(payloads.map((data) => ({ name: "echo", data })))).forEach(note),
    sendDelayed: async (payload, delay) => note(await queue.add("echo", payload, { delay })),
    async call(payload) {
      listening ??= listen(name, connection);
      const events = await listening;
      const job = await queue.add("echo", payload);
      note(job);
      return job.waitUntilFinished(events, waitMs);
    },
    async serve(concurrency, run, onDone) {
      const work = async ({ data: { index } }: Job<Payload, number>): Promise<number> => {
        run(index);
        return index;
      };
      const worker = new Worker<Payload, number>(name, work, { connection, concurrency });
      worker.on("completed", onDone);
      worker.on("error", (error) => console.error(error));
      await worker.waitUntilReady();
      return { stop: () => worker.close() };
    },
    results: () => inWindows(ids, async (id) => (await Job.fromId(queue, id))?.returnvalue),
    async close() {
      await (await listening)?.close();
      await queue.close();
    },
  };
}

export const bullmq: Contestant = {
  name: "BullMQ",
  store: "redis",
  guarantees: "append-only file, everysec; results kept in the job",
  packages: ["bullmq", "ioredis"],
  can: new Set(["sendMany", "sendDelayed", "call", "processes"]),
  open: ({ redisUrl }, queue) => open(redisUrl, queue),
};
