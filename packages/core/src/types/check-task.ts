import type { CanArrive, CanReturn, HasPlainBigint } from "./crosses.js";
import type { Callable, IsAny } from "./kinds.js";
import type { Misfits } from "./misfits.js";
import type { Returned, Returns, TaskArgs } from "./tasks.js";

// What is refused must not be assignable to an object whose `error` says why. These object types have no names: the
// compiler would print the name of a named type instead of its contents.

/** Refuses arguments that would not arrive as their types say; otherwise unknown. */
export type CheckArguments<Args> =
  HasPlainBigint<Args> extends true
    ? { error: "bigint argument: use number | bigint"; at: Misfits<Args, "bigint"> }
    : CanArrive<Args> extends true
      ? unknown
      : { error: "an argument would not arrive as its type says"; at: Misfits<Args, "arrival"> };

/** Refuses what a task returns if it cannot cross; otherwise unknown. */
type CheckReturned<R> =
  CanReturn<ReturnedParts<R>> extends true
    ? true extends MayLackOne<R>
      ? { error: "one of several values may be undefined: return null for it" }
      : unknown
    : { error: "this return value cannot cross as JSON" };

/**
 * Refuses a task whose types cannot cross; otherwise unknown. One error at a time: the intersection of two would be
 * never.
 */
export type CheckTask<Task> =
  unknown extends CheckArguments<TaskArgs<Task>>
    ? CheckReturned<Returned<Task>>
    : CheckArguments<TaskArgs<Task>>;

/** `returns(…)` is looked into; anything else is checked as it is. */
type ReturnedParts<R> = R extends Returns<infer Values> ? Values : R;

/**
 * Whether one of several values may be undefined: it is not written, so readers would find fewer values than their type
 * says. Nothing is known about a value without a type of its own.
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

/** Each task of a map checked. */
export type CheckMap<T> = {
  readonly [Group in keyof T]: T[Group] extends Callable
    ? { error: "a group is a map { name: task }, not a task" }
    : { readonly [Name in keyof T[Group]]: CheckTask<T[Group][Name]> };
};
