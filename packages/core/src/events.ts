import { EventEmitter } from "node:events";
import { invalid } from "./check-options.js";
import { messageOf } from "./errors.js";

/** What an event says about the task. */
export interface TaskEvent {
  readonly id: string;
  readonly group: string;
  readonly name: string;
  /** From 1. For a message that cannot be read it is 0, with an empty name, and an empty id if none can be made out. */
  readonly attempt: number;
  /** Milliseconds from the start of the attempt. */
  readonly durationMs?: number | undefined;
  readonly error?: unknown;
  /** The reason for a dead letter (a `DeadLetterReason`), an abort or a lost lease. */
  readonly reason?: string | undefined;
}

/**
 * The events of a server. The end of an attempt is announced once its result has been stored, or could not be, and the
 * broker has settled it. An attempt that is given back, as at a shutdown, announces no end.
 */
export interface ServerEvents {
  /** An attempt begins. */
  started: [TaskEvent];
  /** The task returned; in a workflow, each step by itself. */
  succeeded: [TaskEvent];
  /**
   * The task has failed for good: no retry is left or allowed, or it could not be started, for instance because its
   * name is unknown. `error` says why. `deadLettered` follows.
   */
  failed: [TaskEvent];
  /** An attempt failed with `error`, and a retry follows: the broker has it already. */
  retried: [TaskEvent];
  /** The task's expiry passed before the attempt began, so it was not run. */
  expired: [TaskEvent];
  /**
   * The task was aborted, by a client or by itself, before it ran or while it did. `reason` is the one that the task
   * gave.
   */
  aborted: [TaskEvent];
  /**
   * The task's message is a dead letter; `reason` is a `DeadLetterReason`. Follows each `failed`. Comes alone for a
   * message that cannot be read: `malformed` or `tooLarge`.
   */
  deadLettered: [TaskEvent];
  /**
   * The broker took the task back before it was settled, so it may run on another server too. The signal of a task that
   * still runs has fired. `reason` says what was noticed.
   */
  leaseLost: [TaskEvent];
  /**
   * Something went wrong in the background, such as an outage of the broker or the backend. An outage is announced when
   * it begins, not with each call that fails. The error is also logged, and nothing is thrown if nobody listens.
   */
  error: [Error];
}

const isEvent: Readonly<Record<keyof ServerEvents, true>> = {
  started: true,
  succeeded: true,
  failed: true,
  retried: true,
  expired: true,
  aborted: true,
  deadLettered: true,
  leaseLost: true,
  error: true,
};

export type TaskEventName = Exclude<keyof ServerEvents, "error">;

/** Typed events whose listeners can do no harm: what a listener throws, or rejects with, goes to `onThrow`. */
export class Events {
  readonly #emitter = new EventEmitter();
  readonly #onThrow: (error: unknown) => void;

  constructor(onThrow: (error: unknown) => void) {
    this.#emitter.setMaxListeners(0);
    this.#onThrow = onThrow;
  }

  /** @throws YTaskError `InvalidArgument` for an event that does not exist, or a listener that is not a function */
  on<Name extends keyof ServerEvents>(name: Name, listener: (...event: ServerEvents[Name]) => void): void {
    checkListener(name, listener);
    this.#emitter.on(name, listener as (...event: unknown[]) => void);
  }

  /** Throws as `on`. */
  off<Name extends keyof ServerEvents>(name: Name, listener: (...event: ServerEvents[Name]) => void): void {
    checkListener(name, listener);
    this.#emitter.off(name, listener as (...event: unknown[]) => void);
  }

  hasListeners(name: keyof ServerEvents): boolean {
    return this.#emitter.listenerCount(name) > 0;
  }

  /** Announces what a driver threw in the background. Works without `this`. */
  readonly emitError = (thrown: unknown): void =>
    this.emit("error", thrown instanceof Error ? thrown : new Error(messageOf(thrown), { cause: thrown }));

  emit<Name extends keyof ServerEvents>(name: Name, ...event: ServerEvents[Name]): void {
    for (const listener of this.#emitter.listeners(name)) {
      try {
        const returned = (listener as (...event: unknown[]) => unknown)(...event);
        if (returned instanceof Promise) returned.catch(this.#onThrow);
      } catch (error) {
        this.#onThrow(error);
      }
    }
  }
}

function checkListener(name: string, listener: unknown): void {
  if (!Object.hasOwn(isEvent, name))
    throw invalid(`there is no event "${name}"; there are ${Object.keys(isEvent).join(", ")}`);
  if (typeof listener !== "function") throw invalid(`the listener of ${name} must be a function`);
}
