/** The kinds of types that crossing distinguishes. */

export type Scalar = string | number | boolean | null;
export type Callable = (...parameters: never[]) => unknown;
export type WithToJson = { toJSON(...parameters: never[]): unknown };

/** What cannot cross at all. */
export type Opaque =
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  // Not of WeakKey, which TypeScript 5.0 and 5.1 do not know.
  | WeakMap<object, unknown>
  | WeakSet<object>
  | Promise<unknown>
  | RegExp
  | Error
  | CallableFunction
  | NewableFunction
  | ArrayBufferLike
  | ArrayBufferView
  | Iterating
  | OfTheWeb
  | symbol;

/** Generators, async ones too, and everything else that yields its values one by one. */
type Iterating = { next(...parameters: never[]): unknown } & (
  | { [Symbol.iterator](): unknown }
  | { [Symbol.asyncIterator](): unknown }
);

/**
 * Response, Request and Blob; Headers; FormData and URLSearchParams: their data are out of reach. They are recognised
 * by their methods, since not every program has their names.
 */
type OfTheWeb =
  | { arrayBuffer(): Promise<ArrayBuffer>; text(): Promise<string> }
  | { append(...parameters: never[]): unknown; getSetCookie(): unknown }
  | { append(...parameters: never[]): unknown; getAll(...parameters: never[]): unknown };

/** Crosses, but arrives as something else: can be returned, but not declared as a parameter. */
export type Changed = Date | Uint8Array | WithToJson;

export type IsAny<T> = 0 extends 1 & T ? true : false;

/** any and unknown: nothing can be said, so nothing is refused. */
export type IsVague<T> = 0 extends 1 & T ? true : unknown extends T ? true : false;

/** Whether individual items have their own types. */
export type IsTuple<T extends readonly unknown[]> = T[number][] extends T ? false : true;
