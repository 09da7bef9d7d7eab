import {
  type Broker,
  type BrokerCapabilities,
  type Counts,
  type DeadLetters,
  type DriverEnvironment,
  type Logger,
  notConnected,
  type Outgoing,
  type Rules,
  rules,
  type SubscribeOptions,
  type Subscription,
  silentLogger,
} from "@ytask/core/driver";
import { Connection, checkConnectionOptions, isCluster } from "@ytask-internal/redis-connection";
import type { RedisConnectionOptions } from "@ytask-internal/redis-connection/options";
import { RedisDeadLetters } from "./dead-letters.js";
import { Promoter } from "./promoter.js";
import { queueKeys } from "./queue-keys.js";
import { counts } from "./scripts/counts.js";
import { Sender } from "./sender.js";
import { RedisSubscription } from "./subscription.js";

export interface RedisBrokerOptions extends RedisConnectionOptions {
  /**
   * How long a server may be silent before others run what it held, in milliseconds. Default 30,000. It must be longer
   * than any task blocks the event loop.
   */
  readonly leaseMs?: number | undefined;
  /**
   * The most dead letters of a queue; beyond it THE OLDEST ARE DELETED, and with them work that was never done.
   * Default: no limit.
   */
  readonly deadLetterLimit?: number | undefined;
}

const ownRules: Rules = {
  leaseMs: (value) =>
    typeof value === "number" && value >= 300 && value <= 86_400_000
      ? undefined
      : "a number of milliseconds from 300 to 86400000",
  deadLetterLimit: rules.positiveCount,
};

interface Open {
  readonly connection: Connection;
  readonly sender: Sender;
  readonly promoter: Promoter;
}

/** How many dead letters are worth a warning. */
const manyDeadLetters = 10_000;

/** Moves messages through Redis 6.2 or later. Nothing that was accepted is lost, as long as Redis keeps its data. */
export class RedisBroker implements Broker {
  readonly capabilities: BrokerCapabilities;
  readonly #options: RedisBrokerOptions;
  readonly #subscriptions = new Set<RedisSubscription>();
  readonly #warned = new Set<string>();
  #logger: Logger = silentLogger;
  /** What is open while it is connected. */
  #open: Open | undefined;

  /**
   * Connects to nothing yet.
   * @throws YTaskError `InvalidArgument` for an option that is unknown or cannot work
   */
  constructor(options: RedisBrokerOptions = {}) {
    checkConnectionOptions(options, "new RedisBroker: options", ownRules);
    this.#options = options;
    const { client } = options;
    this.capabilities = {
      exactRedeliveryCount: true,
      front: true,
      atomicReplace: true,
      sharded: client !== undefined && isCluster(client),
    };
  }

  async connect(environment?: DriverEnvironment): Promise<void> {
    this.#logger = environment?.logger ?? silentLogger;
    const connection = new Connection(this.#options);
    await connection.open(environment, true);
    this.#open?.connection.close();
    this.#open = { connection, sender: new Sender(connection), promoter: new Promoter(connection) };
  }

  async send(messages: readonly Outgoing[]): Promise<void> {
    await this.#connected().sender.send(messages);
  }

  async subscribe(queue: string, options: SubscribeOptions): Promise<Subscription> {
    const { connection, sender, promoter } = this.#connected();
    const keys = queueKeys(queue);
    const blocking = new Connection(this.#options);
    const subscription = new RedisSubscription(
      {
        connection,
        blocking,
        keys,
        // In a Cluster each queue has its own slot, which may be on another node.
        promoter: isCluster(connection.client) ? new Promoter(connection) : promoter,
        sender,
        leaseMs: this.#options.leaseMs ?? 30_000,
        deadLetterLimit: this.#options.deadLetterLimit,
        onDeadLetters: (count) => this.#warnOfDeadLetters(queue, count),
        onClose: (closed) => this.#subscriptions.delete(closed),
        logger: this.#logger,
      },
      options,
    );
    this.#subscriptions.add(subscription);
    try {
      await blocking.open();
      await subscription.begin();
    } catch (error) {
      await subscription.close();
      throw error;
    }
    return subscription;
  }

  deadLetters(queue: string): DeadLetters {
    return new RedisDeadLetters(() => this.#connected().connection, queueKeys(queue));
  }

  async counts(queue: string): Promise<Counts> {
    const keys = queueKeys(queue);
    const reply = await this.#connected().connection.use((client) =>
      counts.run(
        client,
        [keys.queue, keys.arrived, keys.returned, keys.delayed, keys.leases, keys.dead],
        [keys.consumerPrefix],
      ),
    );
    const [waiting, delayed, running, dead] = reply as [number, number, number, number]; // what the script returns
    return { waiting, delayed, running, dead };
  }

  async close(): Promise<void> {
    const open = this.#open;
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    open?.connection.close();
    if (this.#open === open) this.#open = undefined;
  }

  #connected(): Open {
    if (this.#open === undefined) throw notConnected("the Redis broker");
    return this.#open;
  }

  #warnOfDeadLetters(queue: string, count: number): void {
    if (count < manyDeadLetters) this.#warned.delete(queue);
    if (count <= manyDeadLetters || this.#warned.has(queue)) return;
    this.#warned.add(queue);
    this.#logger.warn(`${count} dead letters wait in ${queue}; redrive or purge them`, { queue, count });
  }
}
