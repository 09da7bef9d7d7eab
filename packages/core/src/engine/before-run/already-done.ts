import type { Settlement } from "../../broker.js";
import type { Result } from "../../results/result.js";
import { Status } from "../../results/status.js";
import { messageOfNextStep, nextStep } from "../../workflow.js";
import type { Route } from "../conclude.js";
import type { Execution } from "../execution.js";

/**
 * How to settle a delivery whose stored result shows that this very step of this very execution has finished: a server
 * stored the result, and died before it settled the delivery. Undefined if the task must run.
 */
export function settlementIfDone(
  execution: Execution,
  result: Result | undefined,
  route: Route,
  now: number,
): Settlement | undefined {
  const { delivery, message, step } = execution;
  if (result === undefined || result.executionId !== message.extra.executionId) return undefined;
  if (message.workflow === undefined)
    return result.isFinished() ? settlementOf(execution, result) : undefined;
  const state = result.workflow[step]?.status;
  if (state === "success") {
    const next = nextStep(message, step);
    const nextState = result.workflow[step + 1]?.status;
    // If the next step was not seen to start, it may not have been sent. The stored values are still there to send it.
    if (next === undefined || nextState !== "waiting" || result.status >= Status.Failure)
      return { delivery, kind: "ack" };
    const following = messageOfNextStep(message, step, result.returned ?? [], now);
    return { delivery, kind: "replace", by: [route(next.group, following, next.runAfterMs)] };
  }
  return result.isFinished() ? settlementOf(execution, result) : undefined;
}

/** What the server that stored the result would have settled with. */
function settlementOf({ delivery, retriesLeft }: Execution, result: Result): Settlement {
  if (!result.isFailure()) return { delivery, kind: "ack" };
  const reason = retriesLeft > 0 ? "permanentFailure" : "retriesExhausted";
  return { delivery, kind: "deadLetter", reason, error: result.error };
}
