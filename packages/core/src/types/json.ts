/** What becomes of a type on its way through JSON. */
import type { Callable, IsTuple, IsVague, Opaque, Scalar } from "./kinds.js";

/** The type that the other side receives for a T. It is created there, so nothing in it is readonly. */
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
            ? // What a toJSON gives is not asked for the same toJSON again, as where it gives `this` or a copy.
              Written extends { toJSON(...parameters: never[]): infer Again }
              ? [Again] extends [Written]
                ? JsonObject<Written>
                : Json<Written>
              : Json<Written>
            : T extends Opaque
              ? never
              : T extends readonly unknown[]
                ? JsonList<T>
                : T extends object
                  ? JsonObject<T>
                  : never;

/**
 * For a list of unknown length the items are written as a list, which TypeScript resolves later: JSON may contain JSON.
 */
type JsonList<T extends readonly unknown[]> =
  IsTuple<T> extends true ? { -readonly [Index in keyof T]: JsonItem<T[Index]> } : JsonItem<T[number]>[];

/** An undefined in an array arrives as null. */
type JsonItem<T> = Json<Exclude<T, undefined>> | (undefined extends T ? null : never);

/** Properties that are symbols or methods stay behind; one that is undefined is left out. */
type JsonObject<T> = {
  -readonly [Key in keyof T as Key extends symbol ? never : T[Key] extends Callable ? never : Key]:
    | Json<Exclude<T[Key], undefined>>
    | Extract<T[Key], undefined>;
};
