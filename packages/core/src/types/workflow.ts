import type { SendOptions, StepOptions } from "../client/send-options.js";
import type { ArgsAt, ArgsField, CheckFields, CheckRequest, TaskAt } from "./requests.js";
import type { TaskArgs, TaskValues } from "./tasks.js";

/** One step of a `sendWorkflow`, before the steps are checked against each other. */
export type Step<T> = {
  [Group in keyof T & string]: {
    readonly group: Group;
    readonly name: keyof T[Group] & string;
    readonly args?: readonly unknown[] | undefined;
    readonly options?: SendOptions | StepOptions | undefined;
  };
}[keyof T & string];

/**
 * The first step takes its own arguments; each later one must take what the step before it returns. In a list of
 * unknown length the steps cannot be told apart, so each is only checked for what no step may have.
 */
export type CheckSteps<T, Steps extends readonly unknown[]> = number extends Steps["length"]
  ? CheckFields<Steps[number], keyof SendOptions>
  : Steps extends readonly [infer First, ...infer Later]
    ? readonly [CheckFirstStep<T, First>, ...CheckLaterSteps<T, Later, First>]
    : { error: "a workflow has one step at least" };

type CheckLaterSteps<T, Steps extends readonly unknown[], Before> = Steps extends readonly [
  infer Next,
  ...infer Later,
]
  ? readonly [CheckLaterStep<T, Next, TaskValues<TaskAt<T, Before>>>, ...CheckLaterSteps<T, Later, Next>]
  : readonly [];

type CheckFirstStep<T, Named> =
  unknown extends CheckRequest<T, Named>
    ? HasTwoTimes<Named> extends true
      ? { error: "give runAfterMs or runAt, and expireAfterMs or expireAt" }
      : Misfit<Named, ArgsAt<T, Named>> extends true
        ? { error: "the task does not take these arguments"; takes: ArgsAt<T, Named> }
        : Omit<Named, "args"> & ArgsField<TaskAt<T, Named>>
    : CheckRequest<T, Named>;

/** Whether a step has send options that exclude each other; `Step` allows each of them, since it covers every step. */
type HasTwoTimes<Named> = Named extends { readonly options: infer Options }
  ? [Options] extends [SendOptions | undefined]
    ? false
    : true
  : false;

/** Whether the arguments that are given can never be those that the task takes. */
type Misfit<Named, Taken> = Named extends { readonly args: infer Given extends readonly unknown[] }
  ? [Given] extends [never]
    ? false
    : [Given & Readonly<Taken>] extends [never]
      ? true
      : false
  : false;

type CheckLaterStep<T, Named, Before> = Named extends { readonly args: readonly unknown[] }
  ? { error: "a later step gets its arguments from the step before: leave out args" }
  : Named extends { readonly options: { readonly runAt: unknown } }
    ? { error: "the delay of a later step counts from the step before: use runAfterMs, not runAt" }
    : unknown extends CheckFields<Named, keyof StepOptions>
      ? Takes<TaskAt<T, Named>, Before> extends true
        ? unknown
        : {
            error: "does not take what the step before returns";
            returned: Before;
            takes: TaskArgs<TaskAt<T, Named>>;
          }
      : CheckFields<Named, keyof StepOptions>;

/** Whether a task takes these values; nothing can be said if the previous task returns any. */
type Takes<Task, Values> = [Values] extends [Readonly<TaskArgs<Task>>]
  ? true
  : [readonly unknown[]] extends [Values]
    ? true
    : false;

/** The last step: its values are the values of the workflow. In a list of unknown length it may be any step. */
export type LastOf<Steps extends readonly unknown[]> = Steps extends readonly [...unknown[], infer Last]
  ? Last
  : Steps[number];
