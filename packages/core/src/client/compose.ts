import { randomUUID } from "node:crypto";
import { checkName, checkOptions, invalid, longestDelayMs, rules } from "../check-options.js";
import { checkGroup } from "../keys.js";
import type { Message, WorkflowStep } from "../message.js";
import type { Clock } from "../time/clock.js";
import { encodeList } from "../values/encode.js";
import { byDefault, noExtra, PlainMessage } from "../wire/plain-message.js";
import {
  checkStepOptions,
  defaultRetryCount,
  expireTimeOf,
  type Schedule,
  type SendOptions,
  type StepOptions,
  scheduleOf,
} from "./send-options.js";

/** A message before it is sent, and how. */
export class Composed {
  constructor(
    readonly group: string,
    readonly message: Message,
    readonly schedule: Schedule,
  ) {}
}

/** A step of a workflow, as the client gives it. */
export interface StepRequest {
  readonly group: string;
  readonly name: string;
  readonly args?: readonly unknown[] | undefined;
  readonly options?: SendOptions | StepOptions | undefined;
}

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
  const message = new PlainMessage(
    randomUUID(),
    name,
    encodeArguments(args, place),
    schedule.retryCount ?? defaultRetryCount,
    schedule.runTime,
    schedule.expireTime,
    schedule.retryCount === undefined ? byDefault : noExtra,
  );
  return new Composed(group, message, schedule);
}

/** @throws YTaskError `InvalidArgument` or `UnsupportedType`, with the request that is wrong */
export function composeMany(requests: readonly StepRequest[], clock: Clock): Composed[] {
  if (!Array.isArray(requests))
    throw invalid("client.sendMany: give an array of { group, name, args, options }");
  // `map` would skip a hole in the array; here it is refused, as undefined is.
  return Array.from(requests, (request: unknown, index) =>
    composeRequest(request, clock, `client.sendMany: requests[${index}]`),
  );
}

/** @throws YTaskError `InvalidArgument` or `UnsupportedType`, with the step that is wrong */
export function composeWorkflow(steps: readonly StepRequest[], clock: Clock): Composed {
  if (!Array.isArray(steps) || steps.length === 0)
    throw invalid(
      "client.sendWorkflow: give an array of { group, name, args, options }, of one step at least",
    );
  const placeOf = (index: number) => `client.sendWorkflow: steps[${index}]`;
  const first = composeRequest(steps[0], clock, placeOf(0));
  const workflow = Array.from(steps, (step: unknown, index) =>
    index === 0 ? stepOf(first) : laterStep(step, clock, placeOf(index)),
  );
  const stepsByDefault = (steps as readonly StepRequest[]).flatMap(({ options }, index) =>
    options?.retryCount === undefined ? [index] : [],
  );
  return {
    ...first,
    message: { ...first.message, workflow, extra: { step: 0, defaultRetryCount: stepsByDefault } },
  };
}

function composeRequest(request: unknown, clock: Clock, place: string): Composed {
  checkRequest(request, place);
  return composeTask(
    request.group,
    request.name,
    request.args,
    request.options as SendOptions | undefined,
    clock,
    place,
  );
}

const requestRules = { group: rules.any, name: rules.any, args: rules.any, options: rules.any };

function checkRequest(request: unknown, place: string): asserts request is StepRequest {
  checkOptions(request ?? null, requestRules, place);
}

/** The workflow's entry for the first step. Its times are the message's, so that both say the same. */
const stepOf = ({ group, message, schedule }: Composed): WorkflowStep => ({
  group,
  name: message.name,
  retryCount: message.retryCount,
  runAfterMs: Math.min(schedule.delayMs, longestDelayMs),
  expireTime: message.expireTime,
});

function laterStep(step: unknown, clock: Clock, place: string): WorkflowStep {
  checkRequest(step, place);
  if (step.args !== undefined)
    throw invalid(`${place} has args, but a later step gets what the step before it returns`);
  const options = step.options as StepOptions | undefined;
  checkStepOptions(options, `${place}: options`);
  checkGroup(step.group);
  checkName(step.name, `${place}: the task's name`);
  return {
    group: step.group,
    name: step.name,
    retryCount: options?.retryCount ?? defaultRetryCount,
    runAfterMs: options?.runAfterMs ?? 0,
    expireTime: expireTimeOf(options, clock.now(), `${place}: options`),
  };
}

function encodeArguments(args: unknown, place: string): string[] {
  if (args === undefined) return [];
  if (!Array.isArray(args)) throw invalid(`${place}: the arguments must be an array`);
  return encodeList(args, `${place}: args`);
}
