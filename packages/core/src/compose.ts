import { randomUUID } from "node:crypto";
import { checkName, invalid } from "./check-options.js";
import type { Clock } from "./clock.js";
import { checkGroup } from "./keys.js";
import type { Message, WorkflowStep } from "./message.js";
import {
  checkStepOptions,
  defaultRetryCount,
  expireTimeOf,
  longestDelayMs,
  type Schedule,
  type SendOptions,
  type StepOptions,
  scheduleOf,
} from "./send-options.js";
import { encodeList } from "./values/encode.js";

/** A message before it is sent, and how. */
export interface Composed {
  readonly group: string;
  readonly message: Message;
  readonly schedule: Schedule;
}

/** A step of a workflow, as the client gives it. */
export interface StepRequest {
  readonly group: string;
  readonly name: string;
  readonly args?: readonly unknown[] | undefined;
  readonly options?: SendOptions | StepOptions | undefined;
}

const plain: Message["extension"] = {};
/** Says that nobody named the retry count of step 0, the only one of a plain task. */
const withDefault: Message["extension"] = { defaultRetryCount: [0] };

/** @throws YTaskError `InvalidArgument` or `UnsupportedType`, with what is wrong */
export function composeTask(
  group: unknown,
  name: unknown,
  args: unknown,
  options: SendOptions | undefined,
  clock: Clock,
  place: string,
): Composed {
  checkGroup(group);
  checkName(name, `${place}: the task's name`);
  const schedule = scheduleOf(options, clock, `${place}: options`);
  return {
    group,
    schedule,
    message: {
      id: randomUUID(),
      name,
      args: encodeArguments(args, place),
      retryCount: schedule.retryCount ?? defaultRetryCount,
      runTime: schedule.runTime,
      expireTime: schedule.expireTime,
      workflow: undefined,
      extension: schedule.retryCount === undefined ? withDefault : plain,
    },
  };
}

/** @throws YTaskError `InvalidArgument` or `UnsupportedType`, with the step that is wrong */
export function composeWorkflow(steps: readonly StepRequest[], clock: Clock): Composed {
  const [first, ...later] = Array.isArray(steps) ? steps : [];
  if (first === undefined) throw invalid("client.sendWorkflow: give at least one step");
  const place = (index: number) => `client.sendWorkflow: steps[${index}]`;
  later.forEach((step, index) => {
    if (step?.args !== undefined)
      throw invalid(`${place(index + 1)} has args, but a later step gets what the step before it returns`);
    checkStepOptions(step?.options as StepOptions | undefined, `${place(index + 1)}.options`);
  });
  const composed = composeTask(
    first.group,
    first.name,
    first.args,
    first.options as SendOptions | undefined,
    clock,
    place(0),
  );
  const workflow = steps.map((step, index) => workflowStep(step, clock.now(), place(index)));
  // The first step's own times are those of the message, so that both say the same.
  workflow[0] = {
    ...(workflow[0] as WorkflowStep),
    runAfterMs: Math.min(composed.schedule.delayMs, longestDelayMs),
    expireTime: composed.message.expireTime,
  };
  const defaultSteps = steps.flatMap((step, index) =>
    step.options?.retryCount === undefined ? [index] : [],
  );
  return {
    ...composed,
    message: { ...composed.message, workflow, extension: { step: 0, defaultRetryCount: defaultSteps } },
  };
}

function workflowStep(step: StepRequest, now: number, place: string): WorkflowStep {
  checkGroup(step?.group);
  checkName(step.name, `${place}: the task's name`);
  const options = step.options as StepOptions | undefined;
  return {
    group: step.group,
    name: step.name,
    retryCount: options?.retryCount ?? defaultRetryCount,
    runAfterMs: options?.runAfterMs ?? 0,
    expireTime: expireTimeOf(options, now, `${place}.options`),
  };
}

function encodeArguments(args: unknown, place: string): string[] {
  if (args === undefined) return [];
  if (!Array.isArray(args)) throw invalid(`${place}: the arguments must be an array`);
  return encodeList(args, "args");
}
