import type { Message, WorkflowStep } from "./message.js";
import type { Result } from "./results/result.js";
import { Status, type StepState, type WorkflowState } from "./results/status.js";
import { formatTime } from "./wire/time.js";

/** Which step of its workflow a message is for; 0 for a plain task. Go identifies a step only by its task and group. */
export function stepIndex(message: Message, group: string): number {
  const { workflow, extra } = message;
  if (workflow === undefined) return 0;
  if (extra.step !== undefined && extra.step < workflow.length) return extra.step;
  const [first = 0] = stepsLike(message, group);
  return first;
}

/** Whether only the stored result can tell which step a message of Go's is for: its task occurs twice. */
export const isStepAmbiguous = (message: Message, group: string): boolean =>
  message.workflow !== undefined && message.extra.step === undefined && stepsLike(message, group).length > 1;

/**
 * The step that an ambiguous message is for. If a Go server passed it on, that server stored Success, as it does after
 * each step, and the message is for the first step that has not succeeded. Otherwise what is stored is from an earlier
 * delivery of this very step.
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

/** The steps with the message's task in this group; if there are none, those with its task in any group. */
function stepsLike({ workflow = [], name }: Message, group: string): readonly number[] {
  const ofTask = [...workflow.keys()].filter((index) => workflow[index]?.name === name);
  const ofGroup = ofTask.filter((index) => workflow[index]?.group === group);
  return ofGroup.length > 0 ? ofGroup : ofTask;
}

/** The step that follows, or undefined after the last and for a plain task. */
export const nextStep = (message: Message, step: number): WorkflowStep | undefined =>
  message.workflow?.[step + 1];

/** The state of each step when the step at `current` is in `state`; undefined for a plain task. */
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

/** The message for the next step: the values of the step before are its arguments. */
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
