import type { Logger } from "@ytask/core/driver";
import type { Settings } from "../options.js";
import { Queues } from "../queues/queues.js";
import { Publisher } from "../send/publisher.js";
import { type Publishers, Sender } from "../send/sender.js";
import { ForeignLink, type Link, openLink } from "./link.js";
import { Questions } from "./questions.js";
import { refuseOldServer } from "./server-version.js";

/** How long each part may take to close, in milliseconds. */
const closeTimeoutMs = 2_000;

/**
 * What is open between `connect` and `close`. Publishing and consuming have separate connections: a server in alarm
 * reads nothing from a connection that publishes, not even acks.
 */
export class Connections {
  readonly publish: Link;
  readonly consume: Link;
  readonly questions: Questions;
  /**
   * A separate channel: servers of many groups look at their queues all the time, and users would have to wait for
   * them.
   */
  readonly #looks: Questions;
  readonly #declarers: readonly [Questions, ...Questions[]];
  readonly queues: Queues;
  readonly sender: Sender;
  readonly #publishers: Publishers;

  private constructor(publish: Link, consume: Link, commandTimeoutMs: number) {
    this.publish = publish;
    this.consume = consume;
    this.questions = new Questions(consume, commandTimeoutMs);
    this.#looks = new Questions(consume, commandTimeoutMs);
    const declarer = () => new Questions(consume, commandTimeoutMs);
    this.#declarers = [declarer(), declarer(), declarer(), declarer()];
    this.queues = new Queues(this.questions, this.#looks, this.#declarers);
    const publisher = () => new Publisher(publish, commandTimeoutMs, () => this.queues.forget());
    this.#publishers = { ordinary: publisher(), delayed: publisher(), large: publisher() };
    this.sender = new Sender(this.#publishers, this.queues, commandTimeoutMs);
  }

  /** Rejects as `Broker.connect` does. */
  static async open(settings: Settings, logger: Logger): Promise<Connections> {
    const [publish, consume] = await openLinks(settings, logger);
    const connections = new Connections(publish, consume, settings.commandTimeoutMs);
    try {
      const publishing = await connections.#publishers.ordinary.ready(settings.commandTimeoutMs);
      const asking = await connections.questions.ready();
      // A connection of the user's has a server too, and with `recovery` nothing else checks that server's version.
      for (const { connection } of [publishing, asking]) refuseOldServer(connection.serverProperties);
      return connections;
    } catch (error) {
      await connections.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { ordinary, delayed, large } = this.#publishers;
    const parts = [ordinary, delayed, large, this.questions, this.#looks, ...this.#declarers];
    await Promise.all(parts.map((part) => part.close(closeTimeoutMs)));
    await Promise.all([this.publish.close(), this.consume.close()]);
  }
}

async function openLinks(settings: Settings, logger: Logger): Promise<[Link, Link]> {
  if (settings.client !== undefined)
    return [new ForeignLink(settings.client.publish), new ForeignLink(settings.client.consume)];
  const publish = await openLink(settings, "publish", logger);
  try {
    return [publish, await openLink(settings, "consume", logger)];
  } catch (error) {
    await publish.close();
    throw error;
  }
}
