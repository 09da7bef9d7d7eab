import { bounded, ErrorCode, YTaskError } from "@ytask/core/driver";
import type { Options } from "amqplib";
import { levels, type Route, routeOf } from "./delays.js";
import { explain } from "./errors.js";
import type { QueueSpec } from "./names.js";
import type { Publication, Published, Publisher } from "./publisher.js";
import type { Queues } from "./queues.js";

/** A message and the queue that it is for. */
export interface Addressed {
  readonly to: QueueSpec;
  readonly body: Buffer;
  readonly properties?: Options.Publish | undefined;
  readonly delayMs?: number | undefined;
}

/** A message that cannot be stored, with the reason. */
export type Failed = Extract<Published, { error: unknown }>;
/** What became of a message. */
export type Sent = { readonly kind: "stored" } | Failed;

/** The ways on which messages are sent; what happens on one does not hold up the others. */
export interface Publishers {
  readonly ordinary: Publisher;
  /** A quorum queue without a leader holds up the channel that publishes to it. */
  readonly delayed: Publisher;
  /** A message above the server's limit closes its channel, with everything that is in flight on it. */
  readonly large: Publisher;
}

/** Bodies above this go the way for large ones, in bytes. No server's limit is below it. */
const largeBytes = 1_048_576;

/** Sends messages to queues, which it declares where they are missing. */
export class Sender {
  readonly #publishers: Publishers;
  readonly #queues: Queues;

  readonly #answerTimeoutMs: number;

  constructor(publishers: Publishers, queues: Queues, answerTimeoutMs: number) {
    this.#publishers = publishers;
    this.#queues = queues;
    this.#answerTimeoutMs = answerTimeoutMs;
  }

  /** What became of each message, in their order, within a few seconds. Never rejects. */
  async send(messages: readonly Addressed[]): Promise<readonly Sent[]> {
    const simple = messages.every((message) => !isDelayed(message) && this.#queues.knows(message.to));
    const published = simple
      ? await this.#publish(messages.map((message) => toQueue(message)))
      : await this.#declareAndPublish(messages);
    if (published.every(isSent)) return published;
    return this.#again(messages, published);
  }

  /** Publishes once more, to a queue declared anew, what came back because its queue was deleted. */
  async #again(messages: readonly Addressed[], published: readonly Published[]): Promise<readonly Sent[]> {
    this.#queues.forget();
    const returned = messages.filter((_, index) => published[index]?.kind === "unroutable");
    const again = [...(await this.#declareAndPublish(returned))];
    return published.map((outcome) => {
      const last = isSent(outcome) ? outcome : (again.shift() ?? outcome);
      return isSent(last) ? last : { kind: "notStored", error: deletedMeanwhile() };
    });
  }

  /** Where a queue cannot be declared, only the messages for that queue fail. */
  async #declareAndPublish(messages: readonly Addressed[]): Promise<readonly Published[]> {
    const prepared = await Promise.all(messages.map((message) => this.#prepare(message)));
    const ready = prepared.filter((item): item is Publication => !("error" in item));
    const published = [...(await this.#publish(ready))];
    return prepared.map((item) => ("error" in item ? item : (published.shift() ?? unroutable)));
  }

  async #prepare(message: Addressed): Promise<Publication | Failed> {
    try {
      return await bounded(this.#declared(message), this.#answerTimeoutMs, () => {
        throw new Error(`its queue could not be declared within ${this.#answerTimeoutMs} ms`);
      });
    } catch (error) {
      return { kind: "notStored", error: explain(error, `Could not send to ${message.to.name}`) };
    }
  }

  async #declared(message: Addressed): Promise<Publication> {
    if (!isDelayed(message)) {
      await this.#queues.ensure(message.to);
      return toQueue(message);
    }
    return toLevel(message, await this.#routeOf(message));
  }

  /**
   * The way of a message, once it is declared. How long that took is taken off the delay, which may then have another
   * way: where a far server has used up half of the time by then, the message takes the first one, and is late.
   */
  async #routeOf({ to, delayMs }: Addressed & { delayMs: number }): Promise<Route> {
    const dueAt = performance.now() + delayMs;
    const lastTryAt = performance.now() + this.#answerTimeoutMs / 2;
    await this.#queues.ensureDue(to);
    for (;;) {
      const route = routeOf(to.name, Math.max(dueAt - performance.now(), 0));
      if (this.#queues.knowsWay(route)) return route;
      await this.#queues.ensureWay(route);
      if (performance.now() > lastTryAt) return route;
    }
  }

  async #publish(publications: readonly Publication[]): Promise<readonly Published[]> {
    // With a large one they all go its way, so that they keep their order.
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

const deletedMeanwhile = () =>
  new YTaskError(ErrorCode.SendMessage, "The message's queue was deleted while it was sent; send it again");

const unroutable: Published = { kind: "unroutable" };

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
