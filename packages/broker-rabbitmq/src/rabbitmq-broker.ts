import {
  type Broker,
  type BrokerCapabilities,
  bounded,
  type Counts,
  type DeadLetters,
  type DriverEnvironment,
  notConnected,
  type Outgoing,
  SendFailed,
  type SubscribeOptions,
  type Subscription,
  silentLogger,
} from "@ytask/core/driver";
import { capabilitiesOf } from "./capabilities.js";
import { Connections } from "./connection/connections.js";
import { RabbitMqSubscription } from "./consume/subscription.js";
import { RabbitMqDeadLetters } from "./letters/dead-letters.js";
import { mostPrefetched, type RabbitMqBrokerOptions, type Settings, settingsOf } from "./options.js";
import { KeyedMutex } from "./queues/keyed-mutex.js";
import { checkName, deadQueue, groupQueue } from "./queues/names.js";
import { outgoing } from "./send/addressing.js";
import type { Failed, Sent } from "./send/sender.js";

/** A broker on RabbitMQ 3.10 or later. What it stores survives a restart of RabbitMQ, and of the client. */
export class RabbitMqBroker implements Broker {
  readonly capabilities: BrokerCapabilities;
  readonly #settings: Settings;
  readonly #subscriptions = new Set<Subscription>();
  readonly #lettersMutex = new KeyedMutex();
  #connections: Connections | undefined;

  /** @throws YTaskError `InvalidArgument` for an option that is refused; the message names it */
  constructor(options: RabbitMqBrokerOptions = {}) {
    this.#settings = settingsOf(options);
    this.capabilities = capabilitiesOf(this.#settings);
  }

  async connect(environment: DriverEnvironment = { logger: silentLogger }): Promise<void> {
    this.#connections ??= await Connections.open(this.#settings, environment.logger);
  }

  async send(messages: readonly Outgoing[]): Promise<void> {
    const { sender } = this.#open();
    const { queueType } = this.#settings;
    const outcomes = await sender.send(messages.map((message) => outgoing(message, queueType)));
    if (!outcomes.every((outcome) => outcome.kind === "stored")) throw sendFailed(outcomes);
  }

  async subscribe(queue: string, options: SubscribeOptions): Promise<Subscription> {
    const { consume, sender, queues } = this.#open();
    const { queueType, commandTimeoutMs, consumerTimeoutMs } = this.#settings;
    const spec = groupQueue(queue, queueType);
    checkName(spec);
    const subscription = new RabbitMqSubscription({
      maxUnsettled: Math.min(options.maxUnsettled, mostPrefetched),
      maxRedeliveries: options.maxRedeliveries,
      onLost: (deliveries) => options.onLost(deliveries),
      onError: (error) => options.onError(error),
      name: queue,
      queue: spec,
      queueType,
      link: consume,
      sender,
      queues,
      commandTimeoutMs,
      consumerTimeoutMs,
      onClose: (closed) => this.#subscriptions.delete(closed),
    });
    // Added before it is ready, so that whatever closes the broker meanwhile ends it too.
    this.#subscriptions.add(subscription);
    await subscription.ready();
    return subscription;
  }

  deadLetters(queue: string): DeadLetters {
    const { queueType, commandTimeoutMs } = this.#settings;
    return new RabbitMqDeadLetters({
      from: deadQueue(queue, queueType),
      to: groupQueue(queue, queueType),
      isQuorum: queueType === "quorum",
      commandTimeoutMs,
      connections: () => this.#open(),
      exclusively: (name, look) => this.#lettersMutex.runExclusive(name, look),
    });
  }

  /**
   * Delayed messages are not counted by group, since groups share the queues for delays; nor does AMQP tell what is
   * running. Dead letters cannot be counted while this process reads them; the count waits for that.
   */
  async counts(queue: string): Promise<Counts> {
    const { queues } = this.#open();
    const { queueType, commandTimeoutMs } = this.#settings;
    const spec = groupQueue(queue, queueType);
    checkName(spec);
    const { name } = deadQueue(queue, queueType);
    const [waiting, dead] = await Promise.all([
      queues.count(spec.name),
      bounded<number | undefined>(
        this.#lettersMutex.ended(name).then(() => queues.count(name)),
        commandTimeoutMs,
        () => undefined,
      ),
    ]);
    return { waiting, delayed: undefined, running: undefined, dead };
  }

  async close(): Promise<void> {
    const connections = this.#connections;
    if (connections === undefined) return;
    this.#connections = undefined;
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    await connections.close();
  }

  #open(): Connections {
    if (this.#connections !== undefined) return this.#connections;
    throw notConnected("the RabbitMQ broker");
  }
}

function sendFailed(outcomes: readonly Sent[]): SendFailed {
  const indices = (kind: Sent["kind"]) =>
    outcomes.flatMap((outcome, index) => (outcome.kind === kind ? [index] : []));
  const failed = outcomes.filter((outcome): outcome is Failed => outcome.kind !== "stored");
  return new SendFailed(
    `RabbitMQ did not confirm ${failed.length} of ${outcomes.length} messages: ${failed[0]?.error.message}`,
    { notStored: indices("notStored"), unknown: indices("unknown") },
    { cause: failed[0]?.error },
  );
}
