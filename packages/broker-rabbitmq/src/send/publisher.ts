import { ErrorCode, YTaskError } from "@ytask/core/driver";
import type { ConfirmChannel, Options } from "amqplib";
import { ChannelKeeper, closeQuietly } from "../connection/channel-keeper.js";
import { type Link, reconnectGraceMs } from "../connection/link.js";
import { explain, isNacked, sizeLimitIn } from "../errors.js";

/** A message as it goes to the server. */
export interface Publication {
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: Buffer;
  readonly properties: Options.Publish;
}

/** The outcome of a publication. `unroutable`: certainly not stored, since its queue does not exist. */
export type Published =
  | { readonly kind: "stored" }
  | { readonly kind: "unroutable" }
  | {
      readonly kind: "notStored" | "unknown";
      readonly error: YTaskError;
      /** Whether sending it again cannot help. */
      readonly isFinal?: boolean;
      /** Whether a queue refused it; other queues may not. */
      readonly isRefused?: boolean;
      /** Where the server had not answered in time: what it answers then, or that the channel closed without. */
      readonly later?: Promise<Answer>;
    };

/** What the server told of a publication, or that its channel closed. */
export type Answer = Exclude<Published, { readonly kind: "unroutable" }>;

const stored: Published = { kind: "stored" };
const unroutable: Published = { kind: "unroutable" };

const doing = "Could not send to RabbitMQ";

/**
 * How many messages may be written after one that is not confirmed in time. amqplib keeps a place for each, even if it is
 * confirmed, and once the first is confirmed it removes them one by one, in a time that grows with the square of their
 * number: 50,000 take 0.2 s, a million some minutes.
 */
const mostBehindLate = 20_000;
/** The most channels that are left open for what is late on them, and for how long, in milliseconds. */
const mostLeft = 16;
const leftForMs = 600_000;

/** What is known of the messages of one channel. */
class ChannelState {
  /** Messages in flight that the server returned; it says so before it confirms them. */
  readonly returned = new Set<string>();
  /** Why the channel is about to close; its messages in flight are given up before it is closed. */
  cause: Error | undefined;
  /** How many messages were written. */
  written = 0;
  /** How many had been written when the first was not confirmed in time. */
  writtenAtFirstLate: number | undefined;
  /** How many the server has not answered yet. */
  unanswered = 0;
  /** Called when it has answered all, once nothing more is written. */
  onAllAnswered: () => void = () => undefined;

  answered(): void {
    if (--this.unanswered === 0) this.onAllAnswered();
  }
}

/** Publishes persistent messages, many at a time, and reports for each whether the server took it. */
export class Publisher {
  readonly #link: Link;
  readonly #commandTimeoutMs: number;
  readonly #keeper: ChannelKeeper<ConfirmChannel>;
  readonly #states = new WeakMap<ConfirmChannel, ChannelState>();
  readonly #unblocked = new Set<() => void>();
  #nextId = 1;
  /** How many channels were left open for what is late on them. */
  #left = 0;

  constructor(link: Link, commandTimeoutMs: number, onDown: () => void) {
    this.#link = link;
    this.#commandTimeoutMs = commandTimeoutMs;
    this.#keeper = new ChannelKeeper<ConfirmChannel>({
      open: () => link.client.createConfirmChannel(),
      setUp: async (channel) => {
        const state = new ChannelState();
        this.#states.set(channel, state);
        channel.on("error", (error) => {
          state.cause = error;
        });
        channel.on("return", (message) => state.returned.add(String(message.properties.messageId)));
      },
      onDown,
      cause: () => link.lastError,
      doing,
    });
    link.onUnblocked(() => {
      for (const resolve of this.#unblocked) resolve();
    });
  }

  /** Why the server accepts no messages, as far as it has said; undefined while it does. */
  get blocked(): string | undefined {
    return this.#link.blocked;
  }

  /** The channel, once messages can be published. */
  ready(boundMs: number): Promise<ConfirmChannel> {
    return this.#keeper.ready(boundMs);
  }

  close(boundMs: number): Promise<void> {
    return this.#keeper.close(boundMs);
  }

  /** The outcome of each, in order, within the time that the server has to answer. Never rejects. */
  async publish(publications: readonly Publication[]): Promise<readonly Published[]> {
    let channel = this.#keeper.current;
    if (channel === undefined || this.#link.blocked !== undefined) {
      try {
        channel = await this.#channel();
      } catch (error) {
        const outcome: Published = { kind: "notStored", error: explain(error, doing) };
        return publications.map(() => outcome);
      }
    }
    const state = this.#stateOf(channel);
    const outcomes = this.#write(channel, state, publications);
    this.#leaveLateBehind(channel, state);
    return outcomes;
  }

  #stateOf(channel: ConfirmChannel): ChannelState {
    const state = this.#states.get(channel);
    if (state === undefined) throw new Error("a channel is used before it was prepared");
    return state;
  }

  /**
   * Goes on with another channel where too much was written behind a message that is not confirmed. What is late on the
   * old one may still be answered: whoever waits for that must not send it again before.
   */
  #leaveLateBehind(channel: ConfirmChannel, state: ChannelState): void {
    const { written, writtenAtFirstLate = written } = state;
    if (written - writtenAtFirstLate < mostBehindLate || this.#left >= mostLeft) return;
    if (channel !== this.#keeper.current) return;
    this.#keeper.replace();
    this.#left++;
    const timer = setTimeout(() => void closeQuietly(channel), leftForMs);
    timer.unref();
    channel.once("close", () => {
      clearTimeout(timer);
      this.#left--;
    });
    state.onAllAnswered = () => void closeQuietly(channel);
  }

  /** The channel, once there is one and the server accepts messages. */
  async #channel(): Promise<ConfirmChannel> {
    if (this.#link.blocked !== undefined) await this.#untilUnblocked(this.#link.blocked);
    return this.#keeper.ready(Math.min(reconnectGraceMs, this.#commandTimeoutMs));
  }

  /** Waits before anything is written: otherwise the server would take it later, when nobody expects it. */
  #untilUnblocked(reason: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (settled: () => void) => () => {
        clearTimeout(timer);
        this.#unblocked.delete(goOn);
        settled();
      };
      const goOn = settle(resolve);
      const giveUp = settle(() => reject(full(reason)));
      const timer = setTimeout(giveUp, this.#commandTimeoutMs);
      this.#unblocked.add(goOn);
    });
  }

  #write(
    channel: ConfirmChannel,
    state: ChannelState,
    publications: readonly Publication[],
  ): Promise<readonly Published[]> {
    this.#link.holdWrites();
    return new Promise((resolve) => {
      const outcomes: Published[] = new Array(publications.length);
      let late: LateAnswers | undefined;
      let waiting = publications.length;
      const finish = () => {
        clearTimeout(timer);
        resolve(Array.from(outcomes, (outcome, index) => outcome ?? late?.expect(index) ?? stored));
      };
      const timer = setTimeout(() => {
        late = new LateAnswers(this.#unconfirmed());
        state.writtenAtFirstLate ??= state.written;
        finish();
      }, this.#commandTimeoutMs);
      const settle = (index: number, outcome: Published) => {
        outcomes[index] = outcome;
        late?.come(index, outcome);
        if (--waiting === 0) finish();
      };
      for (const [index, publication] of publications.entries())
        this.#writeOne(channel, state, publication, (outcome) => settle(index, outcome));
      if (publications.length === 0) finish();
    });
  }

  #writeOne(
    channel: ConfirmChannel,
    state: ChannelState,
    publication: Publication,
    settle: (outcome: Published) => void,
  ): void {
    const { exchange, routingKey, body, properties } = publication;
    // The server would close the channel, with all that is under way on it.
    if (body.length > this.#link.maxBodyBytes) {
      settle(tooLarge(this.#link.maxBodyBytes));
      return;
    }
    const messageId = properties.messageId ?? (this.#nextId++).toString(36);
    const all = { ...properties, messageId, persistent: true, mandatory: true, contentType: "text/plain" };
    try {
      channel.publish(exchange, routingKey, body, all, (error: unknown) => {
        const returned = state.returned.size > 0 && state.returned.delete(messageId);
        if (error !== null) settle(this.#outcomeOf(state, publication, error));
        else settle(returned ? unroutable : stored);
        state.answered();
      });
      state.written++;
      state.unanswered++;
    } catch (error) {
      settle({ kind: "notStored", error: explain(error, doing) });
    }
  }

  /**
   * What the server refused, or is above its limit, is certainly not stored; the others in flight on a channel that
   * closed may be. The limit is known from the first that is above it.
   */
  #outcomeOf(state: ChannelState, publication: Publication, thrown: unknown): Published {
    if (isNacked(thrown)) return { kind: "notStored", error: refused(publication), isRefused: true };
    const cause = state.cause ?? this.#link.lastError ?? thrown;
    const limit = sizeLimitIn(cause);
    if (limit === undefined) return { kind: "unknown", error: explain(cause, doing) };
    this.#link.maxBodyBytes = limit;
    return publication.body.length > limit ? tooLarge(limit) : { kind: "unknown", error: besideTooLarge() };
  }

  #unconfirmed(): YTaskError {
    const reason = this.#link.blocked;
    return reason === undefined
      ? explain(new Error(`no confirm within ${this.#commandTimeoutMs} ms`), doing)
      : full(reason);
  }
}

/** What the server had not answered when its time was over. */
class LateAnswers {
  readonly #error: YTaskError;
  readonly #come = new Map<number, (answer: Answer) => void>();

  constructor(error: YTaskError) {
    this.#error = error;
  }

  /** What is known of the publication at this index: that its answer will come, or its channel close. */
  expect(index: number): Published {
    const later = new Promise<Answer>((resolve) => this.#come.set(index, resolve));
    return { kind: "unknown", error: this.#error, later };
  }

  come(index: number, outcome: Published): void {
    const answer: Answer =
      outcome.kind === "unroutable" ? { kind: "notStored", error: deletedMeanwhile() } : outcome;
    this.#come.get(index)?.(answer);
  }
}

/** The error of what was not stored, since its queue was deleted. */
export const deletedMeanwhile = () =>
  new YTaskError(ErrorCode.SendMessage, "The message's queue was deleted while it was sent; send it again");

const refused = ({ exchange, routingKey }: Publication) =>
  new YTaskError(
    ErrorCode.ServerFull,
    `${doing}: ${exchange === "" ? `the queue ${routingKey}` : `a queue of ${exchange}`} refused the message; it is ` +
      "full, by a policy that limits its length, or cannot take messages now",
  );

const tooLarge = (limit: number): Published => ({
  kind: "notStored",
  isFinal: true,
  error: new YTaskError(
    ErrorCode.TooLarge,
    `${doing}: the message is larger than the server's max_message_size of ${limit} bytes; send less, or a ` +
      "reference to where the data is, or raise that",
  ),
});

const besideTooLarge = () =>
  new YTaskError(
    ErrorCode.SendMessage,
    `${doing}: its channel was closed, since another message was larger than the server's max_message_size`,
  );

const full = (reason: string) =>
  new YTaskError(
    ErrorCode.ServerFull,
    `${doing}: the server is in alarm (${reason}) and takes no messages until memory or disk is free again`,
  );
