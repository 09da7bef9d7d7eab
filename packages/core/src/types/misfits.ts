/** Where in the types of arguments something is that cannot be there. Asked only where something is: for the error. */
import type { CanArrive, HasPlainBigint } from "./crosses.js";
import type { Changed, IsTuple, Opaque, Scalar } from "./kinds.js";

/** What is looked for: what arrives as something else, or a bigint that does not say `number | bigint`. */
type Wrong = "arrival" | "bigint";

type IsFine<T, Kind extends Wrong> = Kind extends "bigint"
  ? HasPlainBigint<T> extends true
    ? false
    : true
  : CanArrive<T>;

type Culprit<Kind extends Wrong> = Kind extends "bigint" ? bigint : Opaque | Changed;

/** The paths of what is wrong, as errors at run time write them: `args[0].lines[].at`. */
export type Misfits<Args, Kind extends Wrong> = InPart<Args, Kind, "args", []>;

/** How far down a path goes. */
type IsDeep<Steps extends readonly unknown[]> = Steps["length"] extends 5 ? true : false;

type InPart<T, Kind extends Wrong, Path extends string, Steps extends readonly unknown[]> =
  IsFine<T, Kind> extends true
    ? never
    : IsDeep<Steps> extends true
      ? Path
      : T extends Culprit<Kind>
        ? Path
        : T extends Scalar | bigint | undefined
          ? never
          : T extends readonly unknown[]
            ? InList<T, Kind, Path, [...Steps, unknown]>
            : InObject<T, Kind, Path, [...Steps, unknown]>;

type InList<
  T extends readonly unknown[],
  Kind extends Wrong,
  Path extends string,
  Steps extends readonly unknown[],
> =
  IsTuple<T> extends true
    ? {
        [Index in keyof T]-?: InPart<T[Index], Kind, `${Path}[${Index & (string | number)}]`, Steps>;
      }[number]
    : InPart<T[number], Kind, `${Path}[]`, Steps>;

/** Its own properties that are wrong, or else what is below: records that lead to one another have many paths. */
type InObject<T, Kind extends Wrong, Path extends string, Steps extends readonly unknown[]> = [
  WrongKeys<T, Kind>,
] extends [never]
  ? { [Key in keyof T]-?: InPart<T[Key], Kind, `${Path}.${Key & string}`, Steps> }[keyof T]
  : `${Path}.${WrongKeys<T, Kind>}`;

type WrongKeys<T, Kind extends Wrong> = {
  [Key in keyof T]-?: [Extract<T[Key], Culprit<Kind>>] extends [never]
    ? never
    : IsFine<T[Key], Kind> extends true
      ? never
      : Key;
}[keyof T] &
  string;
