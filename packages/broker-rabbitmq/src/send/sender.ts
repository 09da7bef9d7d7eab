import { bounded, ErrorCode } from "@ytask/core/driver";
import type { Options } from "amqplib";
import { explain } from "../errors.js";
import { levels, type Route, routeOf } from "../queues/delays.js";
import { checkName, type QueueSpec } from "../queues/names.js";
import type { Queues } from "../queues/queues.js";
import { deletedMeanwhile, type Publication, type Published, type Publisher } from "./publisher.js";

/** A message, and the queue that it is for. */
export interface Addressed {
  readonly to: QueueSpec;
  readonly body: Buffer;
  readonly properties?: Options.Publish | undefined;
  readonly delayMs?: number | undefined;
  /** Where it goes instead if its queue refuses it. Not for messages with a delay. */
  readonly overflow?: QueueSpec | undefined;
}

/** The outcome of a message that could not be stored, with the reason. */
export type Failed = Extract<Published, { error: unknown }>;
/** The outcome of a message. */
export type Sent = { readonly kind: "stored" } | Failed;

/** A message whose queue exists, and so does its whole route if it is delayed. */
interface Declared {
  readonly message: Addressed;
  readonly route?: Route;
}

/** The channels on which messages are sent; what happens on one does not hold up the others. */
export interface Publishers {
  readonly ordinary: Publisher;
  /** A quorum queue without a leader holds up the channel that publishes to it. */
  readonly delayed: Publisher;
  /** A message above the server's limit closes its channel, with everything that is in flight on it. */
  readonly large: Publisher;
}

/** Bodies above this go the way for large ones, in bytes. */
const largeBytes = 1_048_576;

/** The share of the time to answer that declaring may take: what is declared by then is published in the rest. */
const declaringShare = 0.8;

/** Sends messages to queues, and declares queues that are missing. */
export class Sender {
  readonly #publishers: Publishers;
  readonly #queues: Queues;

  readonly #commandTimeoutMs: number;

  constructor(publishers: Publishers, queues: Queues, commandTimeoutMs: number) {
    this.#publishers = publishers;
    this.#queues = queues;
    this.#commandTimeoutMs = commandTimeoutMs;
  }

  /** Why the server accepts no messages, as far as it has said; undefined while it does. */
  get blocked(): string | undefined {
    return this.#publishers.ordinary.blocked;
  }

  /** The outcome of each message, in order, within a few seconds. Never rejects. */
  async send(messages: readonly Addressed[]): Promise<readonly Sent[]> {
    const since = performance.now();
    const sent = await this.#send(messages);
    const refused = messages.flatMap((message, index) => {
      const overflow = overflowOf(message, sent[index]);
      return overflow === undefined ? [] : [{ ...message, to: overflow }];
    });
    // The caller gives up after a while and settles again, which must not meet what is still under way.
    const isLate = performance.now() - since > this.#commandTimeoutMs / 2;
    if (refused.length === 0 || isLate) return sent;
    const overflown = [...(await this.#send(refused))];
    return sent.map((outcome, index) =>
      overflowOf(messages[index], outcome) === undefined ? outcome : (overflown.shift() ?? outcome),
    );
  }

  async #send(messages: readonly Addressed[]): Promise<readonly Sent[]> {
    const since = performance.now();
    const simple = messages.every((message) => !isDelayed(message) && this.#queues.knows(message.to));
    const published = simple
      ? await this.#publish(messages.map((message) => toQueue(message)))
      : await this.#declareAndPublish(messages, since);
    if (published.every(isSent)) return published;
    return this.#again(messages, published, since);
  }

  /** Publishes messages once more that were returned because their queue was deleted, to the queue declared again. */
  async #again(
    messages: readonly Addressed[],
    published: readonly Published[],
    since: number,
  ): Promise<readonly Sent[]> {
    this.#queues.forget();
    const returned = messages.filter((_, index) => published[index]?.kind === "unroutable");
    const again = [...(await this.#declareAndPublish(returned, since))];
    return published.map((outcome) => {
      const last = isSent(outcome) ? outcome : (again.shift() ?? outcome);
      return isSent(last) ? last : { kind: "notStored", error: deletedMeanwhile() };
    });
  }

  /** If a queue cannot be declared, only the messages for that queue fail. */
  async #declareAndPublish(messages: readonly Addressed[], since: number): Promise<readonly Published[]> {
    const declared = await Promise.all(messages.map((message) => this.#declare(message)));
    const ready = declared.flatMap((item) => ("error" in item ? [] : [this.#publicationOf(item, since)]));
    const published = [...(await this.#publish(ready))];
    return declared.map((item) => ("error" in item ? item : (published.shift() ?? unroutable)));
  }

  async #declare(message: Addressed): Promise<Declared | Failed> {
    try {
      const boundMs = this.#commandTimeoutMs * declaringShare;
      return await bounded(this.#declared(message), boundMs, () => {
        throw new Error(`its queue could not be declared within ${boundMs} ms`);
      });
    } catch (thrown) {
      const error = explain(thrown, `Could not send to ${message.to.name}`);
      // A name or a delay that is too long.
      return { kind: "notStored", error, isFinal: error.code === ErrorCode.InvalidArgument };
    }
  }

  async #declared(message: Addressed): Promise<Declared> {
    checkName(message.to);
    if (!isDelayed(message)) {
      await this.#queues.ensure(message.to);
      return { message };
    }
    const route = routeOf(message.to.name, message.delayMs);
    await this.#queues.ensureRoute(message.to, route);
    return { message, route };
  }

  /**
   * The time that has passed since the send began is taken off a delay, if the queues for the rest are declared. At a
   * level that is new to the server, whose declaration takes some tenths of a second, they may not be.
   */
  #publicationOf({ message, route }: Declared, since: number): Publication {
    if (route === undefined) return toQueue(message);
    const leftMs = Math.max((message.delayMs ?? 0) - (performance.now() - since), 0);
    const shorter = routeOf(message.to.name, leftMs);
    return toLevel(message, this.#queues.knowsRoute(shorter) ? shorter : route);
  }

  async #publish(publications: readonly Publication[]): Promise<readonly Published[]> {
    // If one of them is large, all go through its channel, so that they keep their order.
    if (publications.some((publication) => publication.body.length > largeBytes))
      return this.#publishers.large.publish(publications);
    const first = wayOf(publications[0]);
    if (publications.every((publication) => wayOf(publication) === first))
      return this.#publishers[first].publish(publications);
    const outcomes: Published[] = [];
    const publishOn = async (way: "ordinary" | "delayed") => {
      const indices = [...publications.keys()].filter((index) => wayOf(publications[index]) === way);
      const mine = indices.flatMap((index) => publications[index] ?? []);
      const published = await this.#publishers[way].publish(mine);
      for (const [at, outcome] of published.entries()) outcomes[indices[at] ?? 0] = outcome;
    };
    await Promise.all([publishOn("ordinary"), publishOn("delayed")]);
    return outcomes;
  }
}

const wayOf = (publication: Publication | undefined): "ordinary" | "delayed" =>
  publication === undefined || publication.exchange === "" ? "ordinary" : "delayed";

const unroutable: Published = { kind: "unroutable" };

/** Where a message is to be sent after its queue refused it. */
const overflowOf = (message: Addressed | undefined, outcome: Sent | undefined): QueueSpec | undefined =>
  outcome?.kind === "notStored" && outcome.isRefused === true ? message?.overflow : undefined;

const isSent = (outcome: Published): outcome is Sent => outcome.kind !== "unroutable";

const isDelayed = (message: Addressed): message is Addressed & { delayMs: number } =>
  message.delayMs !== undefined && message.delayMs > 0;

const toQueue = ({ to, body, properties = {} }: Addressed): Publication => ({
  exchange: "",
  routingKey: to.name,
  body,
  properties,
});

const toLevel = ({ body, properties = {} }: Addressed, route: Route): Publication => ({
  exchange: levels[route.top]?.name ?? "",
  routingKey: route.routingKey,
  body,
  properties,
});
