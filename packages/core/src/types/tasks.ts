import type { TaskContext } from "../task-context.js";
import type { CanArrive, CanReturn, HasPlainBigint, Json } from "./json.js";

/** Any function that can be a task. */
export type AnyTask = (...args: never[]) => unknown;

/** The tasks of an application: `{ group: { task: function } }`. */
export type TaskMap<T> = { readonly [Group in keyof T]: { readonly [Name in keyof T[Group]]: AnyTask } };

/** What a client takes where no map was given: any group, any task, any arguments. */
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

type Returned<Task> = Task extends (...args: never[]) => infer R ? Awaited<R> : never;

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

type IsAny<T> = 0 extends 1 & T ? true : false;

/** The values of a task's result, as a tuple. */
export type TaskValues<Task> =
  ValuesOf<Returned<Task>> extends infer List extends readonly unknown[] ? List : never;

/** What `value()` resolves to: undefined, the value, or a tuple, for none, one or several values. */
export type TaskValue<Task> = ValueOf<Returned<Task>>;

interface BadArgument {
  error: "an argument would not arrive as its type says";
}
interface BadReturn {
  error: "this return value cannot cross as JSON";
}
interface BadValues {
  error: "one of several values may be undefined: return null for it";
}
interface BadBigint {
  error: "bigint argument: use number | bigint";
}

/** The task itself where its types can cross; else an object whose `error` says why not. */
export type CheckTask<Task> =
  HasPlainBigint<TaskArgs<Task>> extends true
    ? BadBigint
    : CanArrive<TaskArgs<Task>> extends true
      ? CanReturn<ReturnedParts<Returned<Task>>> extends true
        ? true extends MayLackOne<Returned<Task>>
          ? BadValues
          : Task
        : BadReturn
      : BadArgument;

/**
 * Whether one of several values may be undefined: it is not written, and those who read would find fewer values than
 * their type says. Of what has no type of its own nothing is known.
 */
type MayLackOne<R> =
  IsAny<R> extends true
    ? false
    : R extends Returns<infer Values>
      ? true extends { [Index in keyof Values]: MayBeUndefined<Values[Index]> }[number]
        ? true
        : false
      : false;

type MayBeUndefined<Value> = unknown extends Value ? false : undefined extends Value ? true : false;

/** `returns(…)` is looked into; anything else is checked as it is. */
type ReturnedParts<R> = R extends Returns<infer Values> ? Values : R;

/** Each task of a map checked. */
export type CheckMap<T> = {
  readonly [Group in keyof T]: { readonly [Name in keyof T[Group]]: CheckTask<T[Group][Name]> };
};
