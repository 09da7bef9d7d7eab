import type { SendOptions, StepOptions } from "../send-options.js";
import type { TaskHandle } from "../task-handle.js";
import type { TaskArgs, TaskValue, TaskValues } from "./tasks.js";

/** The handle of a sent task. */
export type HandleOf<Task> = TaskHandle<TaskValue<Task>, TaskValues<Task>>;

/** `args` may be left out where a task needs none. */
type ArgsField<Task> =
  readonly [] extends Readonly<TaskArgs<Task>>
    ? { readonly args?: Readonly<TaskArgs<Task>> | undefined }
    : { readonly args: Readonly<TaskArgs<Task>> };

/** The parameters of `send` behind group and name. */
export type SendRest<Args> = readonly [] extends Args
  ? [args?: Args, options?: SendOptions]
  : [args: Args, options?: SendOptions];

/** One task of a `sendMany`. */
export type Request<T> = {
  [Group in keyof T & string]: {
    [Name in keyof T[Group] & string]: {
      readonly group: Group;
      readonly name: Name;
      readonly options?: SendOptions | undefined;
    } & ArgsField<T[Group][Name]>;
  }[keyof T[Group] & string];
}[keyof T & string];

/** One step of a `sendWorkflow`, before the steps are held against one another. */
export type Step<T> = {
  [Group in keyof T & string]: {
    readonly group: Group;
    readonly name: keyof T[Group] & string;
    readonly args?: readonly unknown[] | undefined;
    readonly options?: SendOptions | StepOptions | undefined;
  };
}[keyof T & string];

/** The task that a request or step names. */
export type TaskAt<T, Named> = Named extends { group: infer Group extends keyof T; name: infer Name }
  ? Name extends keyof T[Group]
    ? T[Group][Name]
    : never
  : never;

/**
 * The first step takes its own arguments; each later one must take what the step before it returns. In a list of
 * unknown length no step can be told from another, so it is taken as it is.
 */
export type CheckSteps<T, Steps extends readonly unknown[]> = number extends Steps["length"]
  ? Steps
  : CheckInOrder<T, Steps>;

type CheckInOrder<T, Steps extends readonly unknown[], Before = undefined> = Steps extends readonly [
  infer First,
  ...infer Rest,
]
  ? readonly [
      [Before] extends [readonly unknown[]] ? CheckLaterStep<T, First, Before> : CheckFirstStep<T, First>,
      ...CheckInOrder<T, Rest, TaskValues<TaskAt<T, First>>>,
    ]
  : readonly [];

type CheckFirstStep<T, First> = Omit<First, "args"> & ArgsField<TaskAt<T, First>>;

type CheckLaterStep<T, Named, Before> =
  Takes<TaskAt<T, Named>, Before> extends true
    ? Omit<Named, "args" | "options"> & {
        readonly args?: undefined;
        readonly options?: StepOptions | undefined;
      }
    : {
        error: "does not take what the step before returns";
        returned: Before;
        takes: TaskArgs<TaskAt<T, Named>>;
      };

/** Whether a task takes these values; of a task that returns any nothing can be said. */
type Takes<Task, Values> = [Values] extends [Readonly<TaskArgs<Task>>]
  ? true
  : [readonly unknown[]] extends [Values]
    ? true
    : false;

/** The last step: its values are the values of the workflow. Of a list of unknown length it may be any. */
export type LastOf<Steps extends readonly unknown[]> = Steps extends readonly [...unknown[], infer Last]
  ? Last
  : Steps[number];
