import { randomUUID } from "node:crypto";
import { RedisBackend } from "@ytask/backend-redis";
import { Client } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { type RedisServer, startRedis } from "@ytask-internal/test-servers";
import { Redis } from "ioredis";
import { RedisBroker } from "../../src/index.js";
import { WorkerProcess } from "./worker-process.js";

/** A Redis of its own, a client, and servers in processes of their own. */
export class Lab {
  readonly redis: RedisServer;
  readonly group = `lab-${randomUUID()}`;
  readonly client: Client;
  readonly leaseMs: number;
  readonly #notes: Redis;
  readonly #workers: WorkerProcess[] = [];

  private constructor(redis: RedisServer, leaseMs: number) {
    this.redis = redis;
    this.leaseMs = leaseMs;
    const { url } = redis;
    this.client = new Client({
      broker: new RedisBroker({ url }),
      backend: new RedisBackend({ url }),
      logger: silentLogger,
    });
    this.#notes = new Redis(url);
    this.#notes.on("error", () => {
      // Tests take the server away; the client connects again.
    });
  }

  static async open(leaseMs = 2_000): Promise<Lab> {
    return new Lab(await startRedis(), leaseMs);
  }

  async startWorker(concurrency: number, url = this.redis.url): Promise<WorkerProcess> {
    const { group, leaseMs } = this;
    const worker = await WorkerProcess.start({ url, group, leaseMs, concurrency });
    this.#workers.push(worker);
    return worker;
  }

  /** The numbers of the tasks that began or ended, in order, each time that they did. */
  async noted(what: "begun" | "ended"): Promise<readonly number[]> {
    return (await this.#notes.lrange(`${this.group}:${what}`, 0, -1)).map(Number);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.kill()));
    await this.client.close();
    this.#notes.disconnect();
    await this.redis.stop();
  }
}

/** 0 to `count` - 1. */
export const numbers = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, number) => number);

/** What occurs more than once. */
export const repeated = (list: readonly number[]): readonly number[] =>
  list.filter((number, index) => list.indexOf(number) !== index);
