import type { Message, WorkflowStep } from "./message.js";
import type { Result } from "./result.js";
import type { StepState, WorkflowState } from "./status.js";
import { formatTime } from "./wire/time.js";

/** Which step of its workflow a message is for; 0 for a plain task. Go names the step only by the task's name. */
export function stepIndex(message: Message): number {
  const { workflow, extra } = message;
  if (workflow === undefined) return 0;
  if (extra.step !== undefined && extra.step < workflow.length) return extra.step;
  return Math.max(
    0,
    workflow.findIndex((step) => step.name === message.name),
  );
}

/** Whether the step of a message that Go wrote can be told only from the stored result: its name occurs twice. */
export const isStepAmbiguous = (message: Message): boolean =>
  message.workflow !== undefined &&
  message.extra.step === undefined &&
  message.workflow.filter((step) => step.name === message.name).length > 1;

/** The step that an ambiguous message is for: the first of that name that has not succeeded. */
export function stepFromResult(message: Message, result: Result): number {
  const step = message.workflow?.findIndex(
    ({ name }, index) => name === message.name && result.workflow[index]?.status !== "success",
  );
  return step === undefined || step < 0 ? stepIndex(message) : step;
}

/** The step that follows, or undefined after the last and for a plain task. */
export const nextStep = (message: Message, step: number): WorkflowStep | undefined =>
  message.workflow?.[step + 1];

/** Where each step stands when the step at `current` is in `state`; undefined for a plain task. */
export function workflowStates(
  message: Message,
  current: number,
  state: StepState,
): WorkflowState[] | undefined {
  return message.workflow?.map(({ name }, index) => ({
    name,
    status: index < current ? "success" : index === current ? state : "waiting",
  }));
}

/** The message of the step that follows: the values of the step before are its arguments. */
export function messageOfNextStep(
  message: Message,
  step: number,
  values: readonly string[],
  now: number,
): Message {
  const next = nextStep(message, step);
  if (next === undefined) throw new Error("the last step of a workflow has none that follows");
  return {
    id: message.id,
    name: next.name,
    args: values,
    retryCount: next.retryCount,
    runTime: next.runAfterMs > 0 ? formatTime(Math.ceil(now + next.runAfterMs)) : undefined,
    expireTime: next.expireTime,
    workflow: message.workflow,
    extra: {
      step: step + 1,
      defaultRetryCount: message.extra.defaultRetryCount?.filter((index) => index > step),
      executionId: message.extra.executionId,
    },
  };
}
