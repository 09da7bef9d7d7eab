/** What crosses, in types. Checked by `tsc -p .`: each `@ts-expect-error` fails the check where nothing is wrong. */
import { expectTypeOf } from "vitest";
import { type Json, returns, type Server, type TaskContext, withContext } from "../../src/index.js";
import type { CheckArguments } from "../../src/types/check-task.js";

declare const server: Server;

class Point {
  x = 1;
  y = 2;
}
class Account {
  id = 1;
  at = new Date();
  check(password: string): boolean {
    return password === "";
  }
}
interface User {
  readonly id: number;
  readonly name: string;
  readonly tags?: readonly string[];
}
interface Tree {
  readonly value: number;
  readonly children: readonly Tree[];
}
type Anything = string | number | boolean | null | readonly Anything[] | { readonly [key: string]: Anything };

// --- parameters that arrive as their type says ---------------------------------------------------------------------
server.add("g", "scalars", (_a: string, _b: number, _c: boolean, _d: null, _e: "x" | 1 | true) => {});
server.add("g", "objects", (_user: User, _users: readonly User[], _map: Record<string, number>) => {});
server.add("g", "tuple", (_pair: [number, string], _rest: readonly [string, ...number[]]) => {});
server.add("g", "tree", (_tree: Tree, _json: Anything) => {});
server.add("g", "optional", (_a: number, _b?: string, _c = 1, ..._rest: string[]) => {});
server.add("g", "nullable", (_a: string | null, _b: { c: number | undefined; d?: boolean }) => {});
server.add("g", "data class", (_point: Point) => {});
server.add("g", "big", (_id: number | bigint, _ids: (number | bigint)[], _in: { id: bigint | number }) => {});
// biome-ignore lint/suspicious/noExplicitAny: any passes, since nothing can be said of it
server.add("g", "vague", (_a: any, _b: unknown, _c: { d: any; e: unknown[] }) => {});
server.add("g", "none", () => {});
server.add(
  "g",
  "context",
  withContext((_context: TaskContext, _id: string) => {}),
);

// --- parameters that do not ----------------------------------------------------------------------------------------
// @ts-expect-error a Date arrives as a string
server.add("g", "date", (_at: Date) => {});
// @ts-expect-error nested too
server.add("g", "date", (_order: { lines: { at: Date }[] }) => {});
// @ts-expect-error where it is optional
server.add("g", "date", (_at?: Date) => {});
const dateInContext = withContext((_context, _at: Date) => {});
// @ts-expect-error and behind a context
server.add("g", "date", dateInContext);
// @ts-expect-error bytes arrive as base64
server.add("g", "bytes", (_bytes: Uint8Array) => {});
// @ts-expect-error so does a Buffer
server.add("g", "bytes", (_in: { bytes: Buffer }) => {});
// @ts-expect-error what has toJSON arrives as what that makes
server.add("g", "toJSON", (_url: URL) => {});
// @ts-expect-error a class with methods arrives without them
server.add("g", "methods", (_account: Account) => {});
// @ts-expect-error a Map
server.add("g", "map", (_map: Map<string, number>) => {});
// @ts-expect-error a Set inside
server.add("g", "set", (_in: { set: Set<string>[] }) => {});
// @ts-expect-error a WeakMap
server.add("g", "weak map", (_map: WeakMap<Point, number>) => {});
// @ts-expect-error a WeakSet
server.add("g", "weak set", (_set: WeakSet<Point>) => {});
// @ts-expect-error a ReadonlyMap, which has methods
server.add("g", "readonly map", (_map: ReadonlyMap<string, number>) => {});
// @ts-expect-error a RegExp
server.add("g", "regexp", (_pattern: RegExp) => {});
// @ts-expect-error an Error
server.add("g", "error", (_error: Error) => {});
// @ts-expect-error a symbol
server.add("g", "symbol", (_symbol: symbol) => {});
// @ts-expect-error a function
server.add("g", "function", (_call: () => void) => {});
// @ts-expect-error a function inside
server.add("g", "function", (_in: { call?: () => void }) => {});
// @ts-expect-error a Promise
server.add("g", "promise", (_later: Promise<number>) => {});
// @ts-expect-error one of a union
server.add("g", "union", (_value: string | Date) => {});
// @ts-expect-error one of the rest
server.add("g", "rest", (..._dates: Date[]) => {});

// --- the error says where ------------------------------------------------------------------------------------------
interface Arrives<At> {
  error: "an argument would not arrive as its type says";
  at: At;
}
expectTypeOf<CheckArguments<[id: string, user: User]>>().toEqualTypeOf<unknown>();
expectTypeOf<CheckArguments<[at: Date]>>().toEqualTypeOf<Arrives<"args[0]">>();
expectTypeOf<CheckArguments<[id: string, at?: Date]>>().toEqualTypeOf<Arrives<"args[1]">>();
expectTypeOf<CheckArguments<[value: string | Date | { at: Date }]>>().toEqualTypeOf<
  Arrives<"args[0]" | "args[0].at">
>();
expectTypeOf<
  CheckArguments<[number, { lines: readonly { at: Date; by?: Map<string, string> }[] }]>
>().toEqualTypeOf<Arrives<"args[1].lines[].at" | "args[1].lines[].by">>();
expectTypeOf<CheckArguments<[pair: [string, Date]]>>().toEqualTypeOf<Arrives<"args[0][1]">>();
expectTypeOf<CheckArguments<[Account]>>().toEqualTypeOf<Arrives<"args[0].at" | "args[0].check">>();
expectTypeOf<CheckArguments<Date[]>>().toEqualTypeOf<Arrives<"args[]">>();
expectTypeOf<CheckArguments<[string, ...Date[]]>>().toEqualTypeOf<Arrives<`args[${number}]`>>();
interface Dated {
  readonly at: Date;
  readonly children: readonly Dated[];
}
expectTypeOf<CheckArguments<[Dated]>>().toEqualTypeOf<Arrives<"args[0].at">>();
expectTypeOf<CheckArguments<[id: number | bigint, { ids: bigint[] }]>>().toEqualTypeOf<{
  error: "bigint argument: use number | bigint";
  at: "args[1].ids[]";
}>();

// --- bigint --------------------------------------------------------------------------------------------------------
// @ts-expect-error a small integer arrives as a number: write number | bigint
server.add("g", "bigint", (_id: bigint) => {});
// @ts-expect-error inside an object
server.add("g", "bigint", (_in: { ids: bigint[] }) => {});
// @ts-expect-error optional
server.add("g", "bigint", (_id?: bigint) => {});
// @ts-expect-error with something other than number beside it
server.add("g", "bigint", (_id: bigint | string) => {});
// @ts-expect-error as one of the rest
server.add("g", "bigint", (_name: string, ..._ids: bigint[]) => {});
// @ts-expect-error as an optional property
server.add("g", "bigint", (_in: { id?: bigint }) => {});
// @ts-expect-error a literal is one too
server.add("g", "bigint", (_id: 1n) => {});
const bigintInContext = withContext((_context, _id: bigint) => {});
// @ts-expect-error behind a context
server.add("g", "bigint", bigintInContext);

// --- return values that cross --------------------------------------------------------------------------------------
server.add("g", "nothing", () => {});
server.add("g", "nothing later", async () => {});
server.add("g", "undefined", () => undefined);
server.add("g", "maybe", (): number | undefined => 1);
server.add("g", "date", () => new Date());
server.add("g", "bytes", async () => ({ bytes: new Uint8Array() }));
server.add("g", "account", () => new Account());
server.add("g", "bigint", () => 1n);
server.add("g", "url", () => new URL("http://host"));
server.add("g", "tree", (): Tree => ({ value: 1, children: [] }));
server.add("g", "json", (value: Anything): Anything => value);
server.add("g", "several", () => returns(1, "two", new Date(), [3n]));
server.add(
  "g",
  "retry",
  withContext((context) => context.retry(new Error("busy"))),
);
server.add("g", "throws", (): never => {
  throw new Error("always");
});
// biome-ignore lint/suspicious/noExplicitAny: any passes, since nothing can be said of it
server.add("g", "vague", (value: any): any => value);
server.add("g", "unknown", (value: unknown) => value);

// --- return values that do not -------------------------------------------------------------------------------------
// @ts-expect-error a Map
server.add("g", "map", () => new Map<string, number>());
// @ts-expect-error a Map inside, later
server.add("g", "map", async () => ({ users: [new Map<string, number>()] }));
// @ts-expect-error a Set
server.add("g", "set", () => new Set([1]));
// @ts-expect-error a WeakMap
server.add("g", "weak map", () => new WeakMap<Point, number>());
// @ts-expect-error a WeakSet inside
server.add("g", "weak set", () => ({ set: new WeakSet<Point>() }));
// @ts-expect-error an Error
server.add("g", "error", () => new Error("returned, not thrown"));
// @ts-expect-error an Error inside
server.add("g", "error", () => ({ error: new TypeError("x") }));
// @ts-expect-error a RegExp
server.add("g", "regexp", () => [/a/]);
// @ts-expect-error a function
server.add("g", "function", () => () => 1);
// @ts-expect-error a function that is an object's own, where a class leaves its methods behind
server.add("g", "function in an object", () => ({ call: () => 1 }));
declare const anyFunction: CallableFunction;
// @ts-expect-error a function of which nothing is known
server.add("g", "function", () => anyFunction);
// @ts-expect-error a class
server.add("g", "class", () => ({ kind: Account }));
// @ts-expect-error a symbol
server.add("g", "symbol", () => ({ symbol: Symbol("s") }));
// @ts-expect-error a ReadonlyMap
server.add("g", "readonly map", (): ReadonlyMap<string, number> => new Map());
// @ts-expect-error bytes that are not a Uint8Array
server.add("g", "buffer", () => new ArrayBuffer(1));
// @ts-expect-error numbers that JSON has no list for
server.add("g", "floats", () => ({ floats: new Float64Array(1) }));
// @ts-expect-error a generator
server.add("g", "generator", function* () {
  yield 1;
});
// @ts-expect-error an async one
server.add("g", "generator", async function* () {
  yield 1;
});
// @ts-expect-error an answer of fetch
server.add("g", "response", () => fetch("http://host"));
// @ts-expect-error its headers
server.add("g", "headers", async () => ({ headers: (await fetch("http://host")).headers }));
// @ts-expect-error what a form sends
server.add("g", "form", () => [new FormData(), new URLSearchParams()]);
// @ts-expect-error a Promise inside
server.add("g", "promise", () => [Promise.resolve(1)]);
// @ts-expect-error a Promise as a property
server.add("g", "promise", () => ({ later: Promise.resolve(1) }));
// @ts-expect-error one of several
server.add("g", "several", () => returns(1, new Map()));
// @ts-expect-error an undefined value is not written: who reads would find one value, not two
server.add("g", "lacking", (id: string) => returns(id, undefined as number | undefined));
server.add("g", "nulls", (id: string) => returns(id, null as number | null));
server.add("g", "unknown", (id: string) => returns(id, {} as unknown));
// @ts-expect-error one of a union
server.add("g", "union", (): number | Set<number> => 1);
const mapInContext = withContext(() => new Map<string, number>());
// @ts-expect-error behind a context
server.add("g", "map", mapInContext);

// --- what the other side gets --------------------------------------------------------------------------------------
expectTypeOf<Json<string | null>>().toEqualTypeOf<string | null>();
expectTypeOf<Json<Date>>().toEqualTypeOf<string>();
expectTypeOf<Json<Uint8Array>>().toEqualTypeOf<string>();
expectTypeOf<Json<Buffer>>().toEqualTypeOf<string>();
expectTypeOf<Json<URL>>().toEqualTypeOf<string>();
expectTypeOf<Json<bigint>>().toEqualTypeOf<number | bigint>();
expectTypeOf<Json<Account>>().toEqualTypeOf<{ id: number; at: string }>();
expectTypeOf<Json<{ a: bigint[]; b?: Date; c: number | undefined }>>().toEqualTypeOf<{
  a: (number | bigint)[];
  b?: string;
  c: number | undefined;
}>();
expectTypeOf<Json<[number, Date, ...bigint[]]>>().toEqualTypeOf<[number, string, ...(number | bigint)[]]>();
// It is made anew there, so that nothing of it is readonly.
expectTypeOf<Json<readonly (string | undefined)[]>>().toEqualTypeOf<(string | null)[]>();
expectTypeOf<Json<readonly [1, readonly number[]]>>().toEqualTypeOf<[1, number[]]>();
expectTypeOf<Json<{ readonly a: readonly Date[]; readonly b?: 1 }>>().toEqualTypeOf<{ a: string[]; b?: 1 }>();
expectTypeOf<Json<{ toJSON(): { at: Date } }>>().toEqualTypeOf<{ at: string }>();
expectTypeOf<Json<{ toJSON(): Date }>>().toEqualTypeOf<string>();
// What a toJSON makes of itself, in each of the usual ways.
class Copied {
  constructor(
    readonly id: number,
    readonly at: Date,
  ) {}
  toJSON() {
    return { ...this };
  }
}
class Itself {
  readonly at = new Date();
  toJSON(): this {
    return this;
  }
}
class Assigned {
  readonly at = new Date();
  toJSON() {
    return Object.assign({}, this);
  }
}
class Censored {
  readonly id = 1;
  readonly password = "";
  toJSON(): Omit<Censored, "password"> {
    return this;
  }
}
expectTypeOf<Json<Copied>>().toEqualTypeOf<{ id: number; at: string }>();
expectTypeOf<Json<{ all: readonly Copied[] }>>().toEqualTypeOf<{ all: { id: number; at: string }[] }>();
expectTypeOf<Json<Itself>>().toEqualTypeOf<{ at: string }>();
expectTypeOf<Json<Assigned>>().toEqualTypeOf<{ at: string }>();
expectTypeOf<Json<Censored>>().toEqualTypeOf<{ id: 1 }>();
expectTypeOf<Json<Map<string, number>>>().toEqualTypeOf<never>();
expectTypeOf<Json<unknown>>().toEqualTypeOf<unknown>();
// biome-ignore lint/suspicious/noExplicitAny: any stays any
expectTypeOf<Json<any>>().toBeAny();
expectTypeOf<Json<Anything>>().toExtend<Anything>();
expectTypeOf<Json<Tree>["children"][number]["value"]>().toEqualTypeOf<number>();
expectTypeOf<Json<{ [key: symbol]: number; a: 1 }>>().toEqualTypeOf<{ a: 1 }>();
