import type { Delivery } from "../broker.js";
import type { Logger } from "../log/logger.js";
import type { Message } from "../message.js";
import { Status } from "../results/status.js";
import type { RegisteredTask } from "../task/registry.js";
import { stepIndex } from "../workflow.js";

/** What the task itself said is to happen, by calling its context. The first call decides. */
export type Decision =
  | { readonly kind: "retry"; readonly error: unknown; readonly delayMs: number | undefined }
  | { readonly kind: "abort"; readonly reason: string | undefined };

/** One delivery being worked on, from receipt until it is settled. */
export class Execution {
  readonly delivery: Delivery;
  readonly message: Message;
  readonly group: string;
  readonly logger: Logger;
  /** The index of the workflow step that it runs; 0 for a plain task. */
  step: number;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  readonly task: RegisteredTask | undefined;
  /** When the attempt started, by `Clock.elapsed`; 0 before. */
  startedAt = 0;
  /** The arguments as the task got them; undefined before. */
  args: readonly unknown[] | undefined;
  decision: Decision | undefined;
  /** Set where the client aborted it. */
  isAborted = false;
  /** Set where another server may be running it by now. */
  isLost = false;
  /** Set when its time limit fired its signal: what it returns from then on does not count. */
  isOverdue = false;
  /** Set where its function goes on after its time limit: it counts as ended, and keeps its slot. */
  isLate = false;
  /** Set where the server shuts down and gives it back. */
  isReleased = false;
  /** Retries left as the task set them, where it did. */
  retriesSet: number | undefined;

  #controller: AbortController | undefined;
  #fired: unknown;

  constructor(
    delivery: Delivery,
    message: Message,
    group: string,
    task: RegisteredTask | undefined,
    logger: Logger,
  ) {
    this.delivery = delivery;
    this.message = message;
    this.group = group;
    this.task = task;
    this.logger = logger;
    this.step = stepIndex(message, group);
    this.attempt = (message.extra.retried ?? 0) + 1;
  }

  get id(): string {
    return this.message.id;
  }

  get name(): string {
    return this.message.name;
  }

  /** The status before it is started. */
  get waitingStatus(): Status {
    return this.attempt === 1 ? Status.Sent : Status.WaitingRetry;
  }

  get runningStatus(): Status {
    return this.attempt === 1 ? Status.FirstRunning : Status.Running;
  }

  /** Retries left after this attempt: as the task set them, as the sender wrote, or as the task's options say. */
  get retriesLeft(): number {
    if (this.retriesSet !== undefined) return this.retriesSet;
    const isDefault = this.message.extra.defaultRetryCount?.includes(this.step) ?? false;
    const ofTask = this.task?.options.retryCount;
    return isDefault && ofTask !== undefined ? ofTask : Math.max(0, this.message.retryCount);
  }

  /** Fires when the task should stop. It is made when it is first asked for: most tasks never do. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#fired !== undefined) this.#controller.abort(this.#fired);
    }
    return this.#controller.signal;
  }

  /** Logs a warning about the task. */
  warn(message: string, more: Record<string, unknown> = {}): void {
    this.logger.warn(message, { id: this.id, group: this.group, name: this.name, ...more });
  }

  /** Tells the task to stop, and why. Only the first reason counts. */
  fire(reason: unknown): void {
    if (this.#fired !== undefined) return;
    this.#fired = reason;
    this.#controller?.abort(reason);
  }
}
