import { messageOf } from "../errors.js";
import type { Events, TaskEvent, TaskEventName } from "../events.js";
import { errorFields } from "../log/error-fields.js";
import type { Logger } from "../log/logger.js";
import type { Execution } from "./execution.js";

const levels: Readonly<Record<TaskEventName, "debug" | "info" | "warn">> = {
  started: "debug",
  succeeded: "info",
  retried: "warn",
  failed: "warn",
  expired: "info",
  aborted: "info",
  deadLettered: "warn",
  leaseLost: "warn",
};

const words: Readonly<Record<TaskEventName, string>> = {
  started: "task started",
  succeeded: "task succeeded",
  retried: "task failed, will be retried",
  failed: "task failed",
  expired: "task expired",
  aborted: "task aborted",
  deadLettered: "task became a dead letter",
  leaseLost: "lease of a task lost: it may run on another server too",
};

const nothing = {};

/** A dead letter follows a failure, whose line has the stack. */
const fieldsOfError = (name: TaskEventName, error: unknown) =>
  name === "deadLettered" ? { error: messageOf(error) } : errorFields(error);

/** Tells what happened to a task: one event and one log line. */
export class Announcer {
  readonly #events: Events;
  readonly #logger: Logger;
  readonly #quiet: boolean;

  /** @param quiet leaves out the lines of tasks that start and succeed */
  constructor(events: Events, logger: Logger, quiet: boolean) {
    this.#events = events;
    this.#logger = logger;
    this.#quiet = quiet;
  }

  announce(
    name: TaskEventName,
    execution: Pick<Execution, "id" | "group" | "name" | "attempt" | "startedAt">,
    now: number,
    more: Pick<TaskEvent, "error" | "reason"> = nothing,
  ): void {
    const isRoutine = name === "started" || name === "succeeded";
    const hasListeners = this.#events.hasListeners(name);
    if (isRoutine && this.#quiet && !hasListeners) return;
    const { id, group, attempt, startedAt } = execution;
    const event: { -readonly [Key in keyof TaskEvent]: TaskEvent[Key] } = {
      id,
      group,
      name: execution.name,
      attempt,
    };
    if (startedAt !== 0 && name !== "started") event.durationMs = now - startedAt;
    if (more.reason !== undefined) event.reason = more.reason;
    if (more.error !== undefined) event.error = more.error;
    if (!(isRoutine && this.#quiet))
      this.#logger[levels[name]](
        words[name],
        more.error === undefined ? event : { ...event, ...fieldsOfError(name, more.error) },
      );
    if (hasListeners) this.#events.emit(name, event);
  }
}
