import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import type { Contestant, Payload, Session } from "../contestant.js";
import { type Hashes, loadScripts } from "./bare-loop-scripts.js";
import { returnedUnder } from "./bare-results.js";

interface Body extends Payload {
  readonly id: string;
}

const largestBatch = 1_000;

/**
 * What is left when everything is taken away that makes a queue: three Lua calls, JSON read and written. Nothing is
 * renewed, recovered, retried or bounded.
 */
class BareLoop {
  readonly #redis: Redis;
  readonly #hashes: Hashes;
  readonly #queue: string;
  readonly #most: number;
  readonly #run: (index: number) => void;
  readonly #onDone: () => void;
  #unsettled = 0;
  #nextNumber = 0;
  #isStopped = false;
  readonly #ended: Promise<void>;
  #onRoom: () => void = () => undefined;

  constructor(
    redis: Redis,
    hashes: Hashes,
    queue: string,
    most: number,
    run: (index: number) => void,
    onDone: () => void,
  ) {
    this.#redis = redis;
    this.#hashes = hashes;
    this.#queue = queue;
    this.#most = most;
    this.#run = run;
    this.#onDone = onDone;
    this.#ended = this.#pull();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#ended;
    this.#redis.disconnect();
  }

  async #pull(): Promise<void> {
    while (!this.#isStopped) {
      const limit = Math.min(largestBatch, this.#most - this.#unsettled);
      if (limit <= 0) {
        await new Promise<void>((resolve) => {
          this.#onRoom = resolve;
        });
        continue;
      }
      const first = this.#nextNumber;
      const bodies = (await this.#redis.evalsha(
        this.#hashes.reserve,
        2,
        this.#queue,
        `${this.#queue}:out`,
        limit,
        first,
      )) as string[];
      if (bodies.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      this.#nextNumber += bodies.length;
      this.#unsettled += bodies.length;
      void this.#work(bodies, first);
    }
  }

  async #work(bodies: readonly string[], first: number): Promise<void> {
    const keys: string[] = [];
    const results: string[] = [];
    const numbers: number[] = [];
    for (const [at, text] of bodies.entries()) {
      const body = JSON.parse(text) as Body; // what `send` wrote
      const returned = await this.#task(body);
      keys.push(resultKey(body.id));
      results.push(JSON.stringify({ id: body.id, status: "success", returned }));
      numbers.push(first + at);
    }
    await Promise.all([
      this.#redis.evalsha(this.#hashes.store, keys.length, ...keys, ...results),
      this.#redis.evalsha(this.#hashes.settle, 1, `${this.#queue}:out`, ...numbers),
    ]);
    this.#unsettled -= bodies.length;
    this.#onRoom();
    for (let done = 0; done < bodies.length; done++) this.#onDone();
  }

  async #task({ index }: Body): Promise<number> {
    this.#run(index);
    return index;
  }
}

const resultKey = (id: string): string => `bare:result:${id}`;

async function open(url: string, queue: string): Promise<Session> {
  const redis = new Redis(url, { enableAutoPipelining: true });
  const ids: string[] = [];
  const bodyOf = (payload: Payload): string => {
    const id = randomUUID();
    ids.push(id);
    return JSON.stringify({ id, ...payload });
  };
  return {
    send: (payload) => redis.rpush(queue, bodyOf(payload)),
    sendMany: (payloads) => redis.rpush(queue, ...payloads.map(bodyOf)),
    async serve(concurrency, run, onDone) {
      const server = new Redis(url);
      return new BareLoop(server, await loadScripts(server), queue, 3 * concurrency, run, onDone);
    },
    results: () => returnedUnder(redis, ids.map(resultKey)),
    close: async () => redis.disconnect(),
  };
}

export const bareRedis: Contestant = {
  name: "bare ioredis",
  store: "redis",
  guarantees: "append-only file, everysec; results kept; no recovery of any kind",
  packages: ["ioredis"],
  isBare: true,
  can: new Set(["sendMany"]),
  open: ({ redisUrl }, queue) => open(redisUrl, queue),
};
