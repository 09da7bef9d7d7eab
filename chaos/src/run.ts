import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RedisBackend } from "@ytask/backend-redis";
import { Client, ErrorCode, YTaskError } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { type RedisServer, startRedis } from "@ytask-internal/test-servers";
import { type BreakName, breakOnPurpose } from "./breaks.js";
import type { BrokerUnderTest } from "./broker-under-test.js";
import { count, type ResultSeen, type Verdict } from "./count.js";
import { brokerAt } from "./drivers.js";
import type { Traits } from "./duplicates.js";
import { type FaultName, faultsOf } from "./faults.js";
import { type Happened, letHappen } from "./happened.js";
import { hasRun, historiesOf } from "./history.js";
import { Producer, type Sent } from "./producer.js";
import { randomOf } from "./random.js";
import { type Recorded, readRecords } from "./records.js";
import { schedule } from "./schedule.js";
import { type BrokerKind, concurrency, group, leaseMs, servers } from "./settings.js";
import { startBroker } from "./start-broker.js";
import { WorkerProcess } from "./worker-process.js";

export interface RunOptions {
  readonly broker: BrokerKind;
  readonly seed: number;
  readonly durationMs: number;
  /** Where the records of the run are kept; made where it is missing. */
  readonly folder: string;
  /** How many tasks are sent in a second. Default 30. */
  readonly perSecond?: number | undefined;
  /** The mean time between two faults, in milliseconds. Default 3,000. */
  readonly faultEveryMs?: number | undefined;
  /** The faults to choose from. Default: all that the broker can have. */
  readonly faults?: readonly FaultName[] | undefined;
  readonly broken?: BreakName | undefined;
  /** The lease of a Redis broker, in milliseconds. Default 6,000. */
  readonly leaseMs?: number | undefined;
  /** How long what is left may take to run once there are no more faults, in milliseconds. Default 90,000. */
  readonly drainBoundMs?: number | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

export interface RunOutcome {
  readonly verdict: Verdict;
  readonly happened: readonly Happened[];
  readonly recorded: Recorded;
  readonly sent: readonly Sent[];
  readonly startedAt: number;
}

/** Starts everything, lets the faults happen while tasks are sent, waits until all has run, and counts. */
export async function chaosRun(options: RunOptions): Promise<RunOutcome> {
  mkdirSync(options.folder, { recursive: true });
  const log = options.log ?? (() => {});
  const started: { stop(): Promise<unknown> }[] = [];
  const keep = <Item>(item: Item, stop: (item: Item) => Promise<unknown>): Item => {
    started.unshift({ stop: () => stop(item) });
    return item;
  };
  try {
    const broker = keep(await startBroker(options.broker, options.leaseMs ?? leaseMs), (one) => one.stop());
    const backend = keep(await startRedis(), (one) => one.stop());
    const all = startServers(options, broker, backend);
    keep(all, (servers) => Promise.all(servers.map((server) => server.kill())));
    await Promise.all(all.map((server) => server.start()));
    const client = keep(clientOf(options, broker, backend), (one) => one.close());
    log(`${options.broker}: ${all.length} servers take work`);
    return await carryOut(options, { broker, backend, servers: all }, client, log);
  } finally {
    for (const { stop } of started) await stop();
  }
}

function startServers(options: RunOptions, broker: BrokerUnderTest, backend: RedisServer): WorkerProcess[] {
  const settings = {
    broker: broker.address,
    backendUrl: backend.url,
    ...{ group, concurrency, broken: options.broken },
  };
  return Array.from(
    { length: servers },
    (_, index) => new WorkerProcess(options.folder, index + 1, settings),
  );
}

const clientOf = (options: RunOptions, broker: BrokerUnderTest, backend: RedisServer): Client =>
  new Client({
    broker: breakOnPurpose(brokerAt(broker.address), options.broken),
    backend: new RedisBackend({ url: backend.url }),
    logger: silentLogger,
  });

interface Parts {
  readonly broker: BrokerUnderTest;
  readonly backend: RedisServer;
  readonly servers: readonly WorkerProcess[];
}

async function carryOut(
  options: RunOptions,
  parts: Parts,
  client: Client,
  log: (line: string) => void,
): Promise<RunOutcome> {
  const { seed, durationMs, folder, perSecond = 30, faultEveryMs = 3_000 } = options;
  const names = options.faults ?? faultsOf(parts.broker);
  const planned = schedule(seed, names, parts.servers.length, durationMs, faultEveryMs);
  const producer = new Producer(client, randomOf(seed, "tasks"), join(folder, "sent.jsonl"));
  const startedAt = Date.now();
  const onFault = ({ name, from, until, life }: Happened) =>
    log(`${String(from - startedAt).padStart(7)} ms ${name}${life ? ` ${life}` : ""}, ${until - from} ms`);
  const [happened] = await Promise.all([
    letHappen(planned, parts, onFault),
    producer.run(durationMs, perSecond),
  ]);
  writeFileSync(join(folder, "faults.json"), JSON.stringify(happened, null, 1));
  const isDrained = await drain(producer.sent, folder, options.drainBoundMs ?? 90_000);
  if (!isDrained) writeFileSync(join(folder, "broker.txt"), await whatWaits(client, parts.broker));
  const results = await readResults(client, producer.sent);
  const endedAt = Date.now();
  const { dead = 0 } = await client.counts(group);
  const recorded = readRecords(folder);
  const verdict = count({
    ...{ sent: producer.sent, recorded, happened, results, dead, endedAt },
    lives: parts.servers.flatMap(({ lives }) => lives),
    traits: traitsOf(parts.broker),
  });
  return { verdict, happened, recorded, sent: producer.sent, startedAt };
}

function traitsOf({ address }: BrokerUnderTest): Traits {
  const { capabilities } = brokerAt(address);
  const isRabbitMq = address.kind === "rabbitmq" || address.kind === "rabbitmq-quorum";
  return {
    atomicReplace: capabilities.atomicReplace === true,
    countsBySending: address.kind === "rabbitmq",
    delaysByMoving: isRabbitMq,
    // An ack 4 ms before a kill was seen to be forgotten. Its queues write by a timer, of a fraction of a second.
    acksInMemoryMs: isRabbitMq ? 300 : 0,
  };
}

/** Waits until all that was confirmed has run, and tells whether it has. What has not by the bound is lost. */
async function drain(sent: readonly Sent[], folder: string, boundMs: number): Promise<boolean> {
  const confirmed = sent.filter(({ confirmedAt }) => confirmedAt !== undefined);
  const until = Date.now() + boundMs;
  while (Date.now() < until) {
    if (historiesOf(confirmed, readRecords(folder).executions).every(hasRun)) return true;
    await sleep(500);
  }
  return false;
}

/** For whoever asks where a task has gone: the broker is stopped and deleted before the verdict is read. */
async function whatWaits(client: Client, broker: BrokerUnderTest): Promise<string> {
  const counts = await client.counts(group);
  return [JSON.stringify(counts), (await broker.describe?.()) ?? ""].join("\n\n");
}

/** How long a result may take to be stored after its task ended, in milliseconds. */
const resultBoundMs = 4_000;

async function readResults(client: Client, sent: readonly Sent[]): Promise<Map<number, ResultSeen>> {
  const seen = new Map<number, ResultSeen>();
  const read = async ({ id, plan: { number } }: Sent) => {
    if (id !== undefined) seen.set(number, await readResult(client, id, number));
  };
  await Promise.all(sent.map(read));
  return seen;
}

async function readResult(client: Client, id: string, number: number): Promise<ResultSeen> {
  try {
    const result = await client.getResult(id, { timeoutMs: resultBoundMs });
    return result.isSuccess() && result.get(0) === number ? "right" : "wrong";
  } catch (error) {
    if (YTaskError.isInstance(error, ErrorCode.TimeOut)) return "missing";
    throw error;
  }
}
