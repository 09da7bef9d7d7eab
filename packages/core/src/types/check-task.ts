import type { CanArrive, CanReturn, HasPlainBigint } from "./crosses.js";
import type { Callable, IsAny } from "./kinds.js";
import type { Returned, Returns, TaskArgs } from "./tasks.js";

// What is refused must not fit an object whose `error` says why. Those objects have no names: of a type that has one
// the compiler prints the name, and not what stands in it.

/** Refuses arguments that would not arrive as their types say; else unknown. */
export type CheckArguments<Args> =
  HasPlainBigint<Args> extends true
    ? { error: "bigint argument: use number | bigint" }
    : CanArrive<Args> extends true
      ? unknown
      : { error: "an argument would not arrive as its type says" };

/** Refuses what a task returns where that cannot cross; else unknown. */
type CheckReturned<R> =
  CanReturn<ReturnedParts<R>> extends true
    ? true extends MayLackOne<R>
      ? { error: "one of several values may be undefined: return null for it" }
      : unknown
    : { error: "this return value cannot cross as JSON" };

/** Refuses a task whose types cannot cross; else unknown. One error at a time: two would make never of each other. */
export type CheckTask<Task> =
  unknown extends CheckArguments<TaskArgs<Task>>
    ? CheckReturned<Returned<Task>>
    : CheckArguments<TaskArgs<Task>>;

/** `returns(…)` is looked into; anything else is checked as it is. */
type ReturnedParts<R> = R extends Returns<infer Values> ? Values : R;

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

/** Each task of a map checked. */
export type CheckMap<T> = {
  readonly [Group in keyof T]: T[Group] extends Callable
    ? { error: "a group is a map { name: task }, not a task" }
    : { readonly [Name in keyof T[Group]]: CheckTask<T[Group][Name]> };
};
