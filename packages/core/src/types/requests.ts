import type { SendOptions } from "../client/send-options.js";
import type { TaskHandle } from "../client/task-handle.js";
import type { CheckArguments } from "./check-task.js";
import type { TaskArgs, TaskValue, TaskValues } from "./tasks.js";

/** The handle of a sent task. */
export type HandleOf<Task> = TaskHandle<TaskValue<Task>, TaskValues<Task>>;

/** `args` may be left out where a task needs none. */
export type ArgsField<Task> =
  readonly [] extends Readonly<TaskArgs<Task>>
    ? { readonly args?: Readonly<TaskArgs<Task>> | undefined }
    : { readonly args: Readonly<TaskArgs<Task>> };

/**
 * The parameters of `client.send` behind group and name, arguments and options: for a function of your own around it.
 *
 * ```ts
 * function enqueue<Name extends keyof Tasks["mail"] & string>(
 *   name: Name,
 *   ...parameters: SendParameters<Tasks, "mail", Name>
 * ) {
 *   return client.send("mail", name, ...parameters);
 * }
 * await enqueue("welcome", [user], { runAfterMs: 60_000 });
 * ```
 */
export type SendParameters<Tasks, Group extends keyof Tasks, Name extends keyof Tasks[Group]> = SendRest<
  Readonly<TaskArgs<Tasks[Group][Name]>>
>;

type SendRest<Args> = readonly [] extends Args
  ? [args?: CheckedArgs<Args>, options?: SendOptions]
  : [args: CheckedArgs<Args>, options?: SendOptions];

/** Arguments that can cross; otherwise a type that no arguments match, and that says why. */
type CheckedArgs<Args> = unknown extends CheckArguments<Args> ? Args : CheckArguments<Args>;

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

/** The task that a request or step names. */
export type TaskAt<T, Named> = Named extends { group: infer Group extends keyof T; name: infer Name }
  ? Name extends keyof T[Group]
    ? T[Group][Name]
    : never
  : never;

/**
 * The arguments of the task that a request names; unknown if that may be one of several, since checking all arguments
 * of a large map takes seconds.
 */
export type ArgsAt<T, Named> = Named extends { name: infer Name }
  ? IsUnion<Name> extends true
    ? unknown
    : TaskArgs<TaskAt<T, Named>>
  : unknown;

type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : false;

/** Checks what the type of a request cannot express: refuses a misspelt field, and arguments that cannot cross. */
export type CheckRequest<T, Named> =
  unknown extends CheckFields<Named, keyof SendOptions>
    ? CheckArguments<ArgsAt<T, Named>>
    : CheckFields<Named, keyof SendOptions>;

/** Checks each request; those of a list of unknown length are checked together. */
export type CheckRequests<T, Requests extends readonly unknown[]> = number extends Requests["length"]
  ? CheckRequest<T, Requests[number]>
  : { readonly [Index in keyof Requests]: CheckRequest<T, Requests[Index]> };

/** Refuses a request or step with a field, or an option, that does not exist. */
export type CheckFields<Named, Option> = [Surplus<Named, "group" | "name" | "args" | "options">] extends [
  never,
]
  ? Named extends { readonly options: infer Options }
    ? [Surplus<Options, Option>] extends [never]
      ? unknown
      : { error: "there is no such option here"; option: Surplus<Options, Option> }
    : unknown
  : { error: "there is no such field"; field: Surplus<Named, "group" | "name" | "args" | "options"> };

/** What T certainly has besides what is allowed: a type that only permits more may have none of it. */
type Surplus<T, Allowed> = Exclude<
  keyof { [Key in keyof T as T extends Readonly<Record<Key, unknown>> ? Key : never]: unknown },
  Allowed
>;
