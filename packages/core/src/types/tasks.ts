import type { TaskContext } from "../task/task-context.js";
import type { Json } from "./json.js";
import type { IsAny } from "./kinds.js";

/** Any function that can be a task. */
export type AnyTask = (...args: never[]) => unknown;

/** The tasks of an application: `{ group: { task: function } }`. */
export type TaskMap<T> = { readonly [Group in keyof T]: { readonly [Name in keyof T[Group]]: AnyTask } };

/** What a client accepts if no map was given: any group, any task, any arguments. */
export interface UntypedTasks {
  readonly [group: string]: {
    // Arguments and values of tasks that no type describes: `unknown` would refuse every argument list.
    // biome-ignore lint/suspicious/noExplicitAny: see above
    readonly [name: string]: (...args: any[]) => any;
  };
}

/** A task that gets its context before its arguments: made by `withContext`. */
export interface ContextTask<Args extends readonly unknown[], Returned> {
  (context: TaskContext, ...args: Args): Returned;
  readonly "~ytask": "context";
}

/** Several values, as a Go function returns them: made by `returns`. */
export interface Returns<Values extends readonly unknown[]> {
  readonly "~returns": Values;
}

/** The arguments that a client sends to a task. */
export type TaskArgs<Task> =
  Task extends ContextTask<infer Args, unknown>
    ? Args
    : Task extends (...args: infer Args) => unknown
      ? Args
      : never;

/** What awaiting a task resolves to. */
export type Returned<Task> = Task extends (...args: never[]) => infer R ? Awaited<R> : never;

type ValuesOf<R> =
  IsAny<R> extends true
    ? readonly unknown[]
    : R extends Returns<infer Values>
      ? Readonly<Json<Values>>
      : R extends undefined | void
        ? readonly []
        : readonly [Json<R>];

type ValueOf<R> =
  IsAny<R> extends true
    ? unknown
    : R extends Returns<infer Values>
      ? Values extends readonly []
        ? undefined
        : Values extends readonly [infer Only]
          ? Json<Only>
          : Readonly<Json<Values>>
      : R extends undefined | void
        ? undefined
        : Json<R>;

/** The values of a task's result, as a tuple. */
export type TaskValues<Task> =
  ValuesOf<Returned<Task>> extends infer List extends readonly unknown[] ? List : never;

/** What `value()` resolves to: undefined, the value, or a tuple, for none, one or several values. */
export type TaskValue<Task> = ValueOf<Returned<Task>>;
