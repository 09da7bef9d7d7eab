/** What becomes of a type on its way through JSON, and which types cannot take that way. */

type Scalar = string | number | boolean | null;
type Callable = (...parameters: never[]) => unknown;
type WithToJson = { toJSON(...parameters: never[]): unknown };

/** What cannot cross at all. */
type Opaque =
  | Map<unknown, unknown>
  | Set<unknown>
  | WeakMap<WeakKey, unknown>
  | WeakSet<WeakKey>
  | Promise<unknown>
  | RegExp
  | Error
  | Callable
  | symbol;

/** What crosses, but arrives as something else: fine to return, not to declare as a parameter. */
type Changed = Date | Uint8Array | WithToJson;

/** any and unknown: nothing can be said, so nothing is refused. */
type IsVague<T> = 0 extends 1 & T ? true : unknown extends T ? true : false;

/** The type that the other side receives for a T: made anew there, so that nothing of it is readonly. */
export type Json<T> =
  IsVague<T> extends true
    ? T
    : T extends Scalar
      ? T
      : T extends bigint
        ? number | bigint
        : T extends Uint8Array
          ? string
          : T extends { toJSON(...parameters: never[]): infer Written }
            ? Json<Written>
            : T extends Opaque
              ? never
              : T extends readonly unknown[]
                ? JsonList<T>
                : T extends object
                  ? JsonObject<T>
                  : never;

/** Of a list of unknown length the items are written as a list, which TypeScript leaves for later: JSON may hold JSON. */
type JsonList<T extends readonly unknown[]> =
  IsTuple<T> extends true ? { -readonly [Index in keyof T]: JsonItem<T[Index]> } : JsonItem<T[number]>[];

/** Whether single items have types of their own. */
type IsTuple<T extends readonly unknown[]> = T[number][] extends T ? false : true;

/** An undefined in an array arrives as null. */
type JsonItem<T> = Json<Exclude<T, undefined>> | (undefined extends T ? null : never);

/** Properties that are symbols or methods stay behind; one that is undefined is left out. */
type JsonObject<T> = {
  -readonly [Key in keyof T as Key extends symbol ? never : T[Key] extends Callable ? never : Key]:
    | Json<Exclude<T[Key], undefined>>
    | Extract<T[Key], undefined>;
};

/**
 * T with every part of the kind Bad made never. Where that leaves T as it was, T holds no such part. It looks into
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

/** As Without, for what a task returns: what changes on the way is left alone, methods of a class too. */
type WithoutInReturn<T> =
  IsVague<T> extends true
    ? T
    : T extends Scalar | bigint | undefined | void | Changed
      ? T
      : T extends Opaque
        ? never
        : T extends readonly unknown[]
          ? WithoutInReturnedList<T>
          : T extends object
            ? { [Key in keyof T]: T[Key] extends Callable ? T[Key] : WithoutInReturn<T[Key]> }
            : never;

type WithoutInReturnedList<T extends readonly unknown[]> =
  IsTuple<T> extends true
    ? { [Index in keyof T]: WithoutInReturn<T[Index]> }
    : readonly WithoutInReturn<T[number]>[];

/** Whether a parameter of this type arrives as its type says. */
export type CanArrive<T> = [T] extends [Without<T, Opaque | Changed>] ? true : false;

/** Whether a value of this type can be returned. */
export type CanReturn<T> = [T] extends [WithoutInReturn<T>] ? true : false;

/**
 * T with every bigint that stands without number made never: an integer arrives as a number where that can hold it,
 * so `bigint` alone would be a lie.
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
