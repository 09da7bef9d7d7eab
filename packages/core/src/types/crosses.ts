/** Which types cannot cross. */
import type { Callable, Changed, IsTuple, IsVague, Opaque, Scalar } from "./kinds.js";

/**
 * T with every part of the kind Bad turned into never. If that leaves T unchanged, T has no such part. It looks into
 * objects lazily, so types that contain themselves work.
 */
type Without<T, Bad> =
  IsVague<T> extends true
    ? T
    : T extends Scalar | undefined | void
      ? T
      : T extends Bad
        ? never
        : T extends bigint
          ? T
          : T extends readonly unknown[]
            ? WithoutInList<T, Bad>
            : T extends object
              ? { [Key in keyof T]: Without<T[Key], Bad> }
              : never;

type WithoutInList<T extends readonly unknown[], Bad> =
  IsTuple<T> extends true
    ? { [Index in keyof T]: Without<T[Index], Bad> }
    : readonly Without<T[number], Bad>[];

/** As Without, for what a task returns: what merely changes on the way is left alone, and so are methods of a class. */
type WithoutInReturn<T> =
  IsVague<T> extends true
    ? T
    : T extends Scalar | bigint | undefined | void | Changed
      ? T
      : T extends Opaque
        ? never
        : T extends readonly unknown[]
          ? WithoutInReturnedList<T>
          : T extends WrittenOut
            ? { [Key in keyof T]: WithoutInReturn<T[Key]> }
            : T extends object
              ? { [Key in keyof T]: T[Key] extends Callable ? T[Key] : WithoutInReturn<T[Key]> }
              : never;

/**
 * An object whose functions are its own. Only types that are written out match an index signature. Classes do not, and
 * their methods stay behind; nor do interfaces, which may stand for a class.
 */
type WrittenOut = { readonly [key: string]: unknown };

type WithoutInReturnedList<T extends readonly unknown[]> =
  IsTuple<T> extends true
    ? { [Index in keyof T]: WithoutInReturn<T[Index]> }
    : readonly WithoutInReturn<T[number]>[];

/** Whether a parameter of this type arrives as its type says. */
export type CanArrive<T> = [T] extends [Without<T, Opaque | Changed>] ? true : false;

/** Whether a value of this type can be returned. */
export type CanReturn<T> = [T] extends [WithoutInReturn<T>] ? true : false;

/**
 * T with every bigint that appears without number turned into never: an integer arrives as a number if that can hold
 * it, so `bigint` alone would be untrue.
 */
type WithoutPlainBigint<T> =
  IsVague<T> extends true
    ? T
    : [Extract<T, bigint>] extends [never]
      ? T extends Scalar | undefined | void | Callable
        ? T
        : T extends readonly unknown[]
          ? WithoutPlainBigintInList<T>
          : T extends object
            ? { [Key in keyof T]: WithoutPlainBigint<T[Key]> }
            : T
      : [Extract<T, number>] extends [never]
        ? Exclude<T, bigint>
        : T;

type WithoutPlainBigintInList<T extends readonly unknown[]> =
  IsTuple<T> extends true
    ? { [Index in keyof T]: WithoutPlainBigint<T[Index]> }
    : readonly WithoutPlainBigint<T[number]>[];

/** Whether T holds a bigint that does not say `number | bigint`. */
export type HasPlainBigint<T> = [T] extends [WithoutPlainBigint<T>] ? false : true;
