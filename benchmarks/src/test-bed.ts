import {
  type RabbitMqServer,
  type RedisServer,
  startRabbitMq,
  startRedis,
  waitUntil,
} from "@ytask-internal/test-servers";

/** The size from which on the append-only file is begun anew between two rounds, in bytes. */
const largeFile = 256 * 2 ** 20;

/** The servers that every contestant of a run shares: a Redis and a RabbitMQ of its own. */
export class TestBed {
  readonly redis: RedisServer;
  readonly rabbitmq: RabbitMqServer;

  static async start(): Promise<TestBed> {
    // Redis would rewrite its file in the middle of a round, by chance of one contestant rather than another.
    const redis = await startRedis({ arguments: ["--auto-aof-rewrite-percentage", "0"] });
    try {
      return new TestBed(redis, await startRabbitMq());
    } catch (error) {
      await redis.stop();
      throw error;
    }
  }

  private constructor(redis: RedisServer, rabbitmq: RabbitMqServer) {
    this.redis = redis;
    this.rabbitmq = rabbitmq;
  }

  /** Makes Redis as empty as at the start. */
  async clear(): Promise<void> {
    // A million keys take longer than an answer may.
    await this.redis.command("FLUSHALL", "ASYNC");
    const isFreed = async () =>
      /lazyfree_pending_objects:0\b/.test(await this.redis.command("INFO", "memory"));
    await waitUntil("Redis has freed the memory", isFreed, { timeoutMs: 120_000 });
    if ((await this.#persistence("aof_current_size")) < largeFile) return;
    await this.redis.command("BGREWRITEAOF");
    await waitUntil(
      "the append-only file is rewritten",
      async () => (await this.#persistence("aof_rewrite_in_progress")) === 0,
    );
  }

  async stop(): Promise<void> {
    await Promise.all([this.redis.stop(), this.rabbitmq.stop()]);
  }

  async #persistence(field: string): Promise<number> {
    const info = await this.redis.command("INFO", "persistence");
    return Number(new RegExp(`^${field}:(\\d+)`, "m").exec(info)?.[1]);
  }
}
