import type { Delivery } from "../broker.js";
import type { Logger } from "../log/logger.js";
import type { Message } from "../message.js";
import { Status } from "../results/status.js";
import type { RegisteredTask } from "../task/registry.js";
import { stepIndex } from "../workflow.js";

/** What the task itself decided by calling its context. The first call counts. */
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
  /** The arguments that the task got; undefined before it starts. */
  args: readonly unknown[] | undefined;
  decision: Decision | undefined;
  /** Set if the client aborted the task. */
  isAborted = false;
  /** Set if another server may be running the task by now. */
  isLost = false;
  /** Set when the time limit has fired the signal: what the task returns from then on does not count. */
  isOverdue = false;
  /** Set if the task's function goes on after its time limit: the task counts as ended, but keeps its slot. */
  isLate = false;
  /** Set if the server shuts down and gives the task back. */
  isReleased = false;
  /** Called once the task was given back: whatever it still does, nobody waits for it. */
  onGivenBack: (() => void) | undefined;
  /** The retries left that the task set, if it did. */
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

  /** Fires when the task should stop. Made when first asked for, because most tasks never do that. */
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
