import type { Message, WorkflowStep } from "./message.js";
import type { Result } from "./results/result.js";
import { Status, type StepState, type WorkflowState } from "./results/status.js";
import { formatTime } from "./wire/time.js";

/** Which step of its workflow a message is for; 0 for a plain task. Go names the step only by its task and its group. */
export function stepIndex(message: Message, group: string): number {
  const { workflow, extra } = message;
  if (workflow === undefined) return 0;
  if (extra.step !== undefined && extra.step < workflow.length) return extra.step;
  const [first = 0] = stepsLike(message, group);
  return first;
}

/** Whether the step of a message that Go wrote can be told only from the stored result: its task occurs twice. */
export const isStepAmbiguous = (message: Message, group: string): boolean =>
  message.workflow !== undefined && message.extra.step === undefined && stepsLike(message, group).length > 1;

/**
 * The step that an ambiguous message is for. Where a Go server sent it on, that one stored Success, as it does after each
 * step, and it is for the first that has not succeeded. Else what is stored is of this very step, from an earlier
 * delivery.
 */
export function stepFromResult(message: Message, group: string, result: Result): number {
  const steps = stepsLike(message, group);
  const stateOf = (index: number) => result.workflow[index]?.status ?? "waiting";
  const own =
    result.status === Status.Success
      ? steps.find((index) => stateOf(index) !== "success")
      : steps.findLast((index) => stateOf(index) !== "waiting");
  const otherwise = result.status === Status.Success ? steps.at(-1) : steps[0];
  return own ?? otherwise ?? 0;
}

/** The steps of a message's task in this group; where there are none, those of its task in any group. */
function stepsLike({ workflow = [], name }: Message, group: string): readonly number[] {
  const ofTask = [...workflow.keys()].filter((index) => workflow[index]?.name === name);
  const ofGroup = ofTask.filter((index) => workflow[index]?.group === group);
  return ofGroup.length > 0 ? ofGroup : ofTask;
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
