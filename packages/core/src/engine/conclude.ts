import type { DeadLetterReason, Delivery, Outgoing, Settlement } from "../broker.js";
import { messageOf } from "../errors.js";
import type { TaskEventName } from "../events.js";
import { errorFields } from "../log/error-fields.js";
import type { Message } from "../message.js";
import type { ResultFields } from "../results/result.js";
import type { Status, StepState, WorkflowState } from "../results/status.js";
import { backoffMs, defaultBackoff } from "../task/backoff.js";
import { messageOfNextStep, nextStep, workflowStates } from "../workflow.js";
import type { Execution } from "./execution.js";
import type { Ending } from "./run-task.js";
import { type Happening, statusAfter } from "./transitions.js";

/** What follows from the end of an attempt: the result to store, how to settle the delivery, the event to announce. */
export interface Conclusion {
  readonly result: ResultFields | undefined;
  readonly settlement: Settlement;
  readonly event: TaskEventName | undefined;
  readonly error?: unknown;
  readonly reason?: string | undefined;
}

// Classes for what follows from most attempts: see "Memory" in docs/architecture.md.

class Ack {
  readonly kind = "ack";

  constructor(readonly delivery: Delivery) {}
}

class Finished implements Conclusion {
  constructor(
    readonly result: ResultFields,
    readonly settlement: Settlement,
    readonly event: TaskEventName,
  ) {}
}

class AttemptResult implements ResultFields {
  constructor(
    readonly id: string,
    readonly status: Status,
    readonly retryCount: number,
    readonly workflow: readonly WorkflowState[] | undefined,
    readonly executionId: string | undefined,
    readonly error: string | undefined,
    readonly returned: readonly string[] | undefined,
  ) {}
}

/** Addresses a message: to the group's queue, or wherever a delayed step goes. */
export type Route = (group: string, message: Message, delayMs: number) => Outgoing;

/**
 * The one place that decides what the end of an attempt leads to. Pure, except for the time of day and the jitter.
 * Throws if a message that follows from it cannot be sent.
 */
export function conclude(execution: Execution, ending: Ending, route: Route, now: number): Conclusion {
  switch (ending.kind) {
    case "returned":
      return succeed(execution, ending.values, route, now);
    case "failed":
      return ending.isPermanent || execution.retriesLeft <= 0
        ? fail(execution, ending.error, ending.isPermanent ? "permanentFailure" : "retriesExhausted")
        : retry(execution, ending.error, ending.delayMs, route);
    case "expired":
      return finish(execution, "expired", "expired", undefined);
    case "aborted": {
      const error = ending.reason === undefined ? undefined : `YTask: abort task [${ending.reason}]`;
      return { ...finish(execution, "aborted", "abort", error), reason: ending.reason };
    }
    case "released":
      return {
        result: undefined,
        settlement: { delivery: execution.delivery, kind: "release" },
        event: undefined,
      };
  }
}

function succeed(execution: Execution, values: readonly string[], route: Route, now: number): Conclusion {
  const next = nextStep(execution.message, execution.step);
  const returned = values.length === 0 ? undefined : values;
  // It may have run in an earlier delivery.
  if (next === undefined)
    return new Finished(
      resultOf(execution, "succeeded", execution.runningStatus, "success", undefined, returned),
      new Ack(execution.delivery),
      "succeeded",
    );
  const message = messageOfNextStep(execution.message, execution.step, values, now);
  const outgoing = route(next.group, message, next.runAfterMs);
  return {
    result: resultOf(execution, "stepSucceeded", execution.runningStatus, "success", undefined, returned),
    settlement: { delivery: execution.delivery, kind: "replace", by: [outgoing] },
    event: "succeeded",
  };
}

function retry(execution: Execution, error: unknown, delayMs: number | undefined, route: Route): Conclusion {
  const { message, attempt } = execution;
  const waitMs = delayMs ?? waitBeforeRetry(execution, error);
  const again: Message = {
    ...message,
    retryCount: execution.retriesLeft - 1,
    extra: {
      ...message.extra,
      step: message.workflow === undefined ? undefined : execution.step,
      retried: attempt,
      defaultRetryCount: message.extra.defaultRetryCount?.filter((step) => step !== execution.step),
      unknownForMs: undefined,
    },
  };
  return {
    result: resultOf(execution, "retried", execution.runningStatus, "running", messageOf(error)),
    settlement: {
      delivery: execution.delivery,
      kind: "replace",
      by: [route(execution.group, again, waitMs)],
    },
    event: "retried",
    error,
  };
}

/** The wait by the task's own backoff. A backoff that throws costs no retry. */
function waitBeforeRetry({ task, attempt, logger, id, name }: Execution, error: unknown): number {
  try {
    return backoffMs(task?.options.backoff ?? defaultBackoff, attempt, error);
  } catch (thrown) {
    logger.error("the backoff of a task threw; the default one is used", {
      id,
      name,
      ...errorFields(thrown),
    });
    return backoffMs(defaultBackoff, attempt, error);
  }
}

/** The end of a task that could not be started, or failed for good: a failure result and a dead letter. */
export function fail(execution: Execution, error: unknown, reason: DeadLetterReason): Conclusion {
  const text = messageOf(error);
  return {
    result: resultOf(execution, "failed", statusSoFar(execution), "failure", text),
    settlement: { delivery: execution.delivery, kind: "deadLetter", reason, error: text },
    event: "failed",
    error,
    reason,
  };
}

function finish(
  execution: Execution,
  happening: Happening & TaskEventName,
  state: StepState,
  error: string | undefined,
): Conclusion {
  return new Finished(
    resultOf(execution, happening, statusSoFar(execution), state, error),
    new Ack(execution.delivery),
    happening,
  );
}

const statusSoFar = ({ startedAt, waitingStatus, runningStatus }: Execution): Status =>
  startedAt === 0 ? waitingStatus : runningStatus;

/** The result that is stored while an execution runs. */
export const runningResult = (execution: Execution): ResultFields =>
  resultOf(execution, "started", execution.waitingStatus, "running");

/** If the attempt never began, only the attempts before it count. */
const retriesMade = ({ attempt, startedAt, delivery }: Execution): number => {
  const hasBegun = startedAt !== 0 || delivery.redeliveries > 0;
  return Math.max(0, hasBegun ? attempt - 1 : attempt - 2);
};

function resultOf(
  execution: Execution,
  happening: Happening,
  from: typeof execution.waitingStatus,
  state: StepState,
  error?: string,
  returned?: readonly string[],
): ResultFields {
  const { message, step } = execution;
  return new AttemptResult(
    message.id,
    statusAfter(happening, from),
    retriesMade(execution),
    workflowStates(message, step, state),
    message.extra.executionId,
    error,
    returned,
  );
}
