/** What a typed client takes and gives. Checked by `tsc -p .`. */
import { expectTypeOf } from "vitest";
import {
  Client,
  type ClientOptions,
  type Result,
  returns,
  type SendOptions,
  type SendParameters,
  type Server,
  type Status,
  type TaskArgs,
  type TaskHandle,
  type TaskValue,
  type TaskValues,
  type WaitOptions,
  withContext,
  withOptions,
} from "../../src/index.js";

declare const options: ClientOptions;
declare const server: Server;
declare const date: Date;

const tasks = {
  math: {
    add: (a: number, b: number) => a + b,
    double: (value: number) => value * 2,
    divide: (a: number, b: number) => returns(Math.floor(a / b), a % b),
    one: () => returns("only"),
    none: () => returns(),
    round: async (value: number, digits = 0) => Number(value.toFixed(digits)),
    sum: (...numbers: number[]) => numbers.length,
    big: (id: number | bigint) => BigInt(id),
  },
  mail: {
    send: withContext(async (_context, address: string, _subject?: string) => ({ address, at: new Date() })),
    greet: withOptions((user: { readonly id: number; readonly name?: string }) => `hello ${user.name}`, {
      retryCount: 5,
    }),
    log: (_line: string): void => {},
    maybe: (): number | undefined => undefined,
    vague: (value: unknown): unknown => value,
    // biome-ignore lint/suspicious/noExplicitAny: any passes, since nothing can be said of it
    any: (value: any): any => value,
  },
  lists: {
    pairs: (a: number) => returns([a, a], 1),
    count: (numbers: number[], more: number) => numbers.length + more,
    names: (): readonly string[] => ["a", "b"],
    join: (names: string[]) => names.join(),
  },
};
type Tasks = typeof tasks;
const client = new Client<Tasks>(options);
server.addAll(tasks);
expectTypeOf(server.client<Tasks>()).toEqualTypeOf<Client<Tasks>>();

// --- send ----------------------------------------------------------------------------------------------------------
expectTypeOf(await client.send("math", "add", [1, 2])).toEqualTypeOf<TaskHandle<number, readonly [number]>>();
expectTypeOf(await (await client.send("math", "add", [1, 2])).value()).toEqualTypeOf<number>();
expectTypeOf(await (await client.send("math", "divide", [7, 2])).value()).toEqualTypeOf<
  readonly [number, number]
>();
expectTypeOf(await (await client.send("math", "one")).value()).toEqualTypeOf<"only">();
expectTypeOf(await (await client.send("math", "none")).value()).toEqualTypeOf<undefined>();
expectTypeOf(await (await client.send("math", "big", [1n])).value()).toEqualTypeOf<number | bigint>();
expectTypeOf(await (await client.send("mail", "log", ["x"])).value()).toEqualTypeOf<undefined>();
expectTypeOf(await (await client.send("mail", "maybe")).value()).toEqualTypeOf<number | undefined>();
expectTypeOf(await (await client.send("mail", "vague", [date])).value()).toBeUnknown();
expectTypeOf(await (await client.send("mail", "any", [date])).value()).toBeUnknown();
expectTypeOf(await (await client.send("mail", "send", ["a@b"])).value()).toEqualTypeOf<{
  address: string;
  at: string;
}>();
client.send("math", "round", [1.5]);
client.send("math", "round", [1.5, 2]);
client.send("math", "sum");
client.send("math", "sum", [1, 2, 3]);
client.send("math", "sum", undefined, { front: true });
client.send("mail", "greet", [{ id: 1 }]);
const fixed = [1, 2] as const;
client.send("math", "add", fixed);
const inMail: "mail" = "mail";
client.send(inMail, "log", ["x"]);

// @ts-expect-error a group that is not there
client.send("maths", "add", [1, 2]);
// @ts-expect-error a task that is not there
client.send("math", "ad", [1, 2]);
// @ts-expect-error a task of another group
client.send("mail", "add", [1, 2]);
// @ts-expect-error an argument of another type
client.send("math", "add", [1, "2"]);
// @ts-expect-error an argument too few
client.send("math", "add", [1]);
// @ts-expect-error an argument too many
client.send("math", "double", [1, 2]);
// @ts-expect-error no arguments where some are needed
client.send("math", "add");
// @ts-expect-error the context is not sent
client.send("mail", "send", [{}, "a@b"]);
// @ts-expect-error a property that is missing
client.send("mail", "greet", [{ name: "x" }]);
// @ts-expect-error a value that is not awaited
expectTypeOf(await client.send("math", "add", [1, 2])).toEqualTypeOf<number>();

// --- a function of one's own around send ---------------------------------------------------------------------------
async function enqueue<Name extends keyof Tasks["mail"] & string>(
  name: Name,
  ...parameters: SendParameters<Tasks, "mail", Name>
) {
  return client.send("mail", name, ...parameters);
}
expectTypeOf(await enqueue("greet", [{ id: 1 }])).toEqualTypeOf<TaskHandle<string, readonly [string]>>();
enqueue("log", ["x"], { front: true });
enqueue("maybe");
// @ts-expect-error a task that is not there
enqueue("grete", [{ id: 1 }]);
// @ts-expect-error a property that is missing
enqueue("greet", [{ name: "x" }]);
// @ts-expect-error no arguments where some are needed
enqueue("log");
// @ts-expect-error an option that is not there
enqueue("log", ["x"], { retries: 5 });
async function enqueueIn<Group extends keyof Tasks & string, Name extends keyof Tasks[Group] & string>(
  group: Group,
  name: Name,
  ...parameters: SendParameters<Tasks, Group, Name>
) {
  return client.send(group, name, ...parameters);
}
expectTypeOf(await (await enqueueIn("math", "add", [1, 2])).value()).toEqualTypeOf<number>();
// @ts-expect-error a task of another group
enqueueIn("mail", "add", [1, 2]);
// @ts-expect-error an argument of another type
enqueueIn("math", "add", [1, "2"]);

// --- options of a send ---------------------------------------------------------------------------------------------
client.send("math", "add", [1, 2], {
  retryCount: undefined,
  runAfterMs: undefined,
  runAt: undefined,
  expireAfterMs: undefined,
  expireAt: undefined,
  front: undefined,
  sendTimeoutMs: undefined,
});
client.send("math", "add", [1, 2], { runAt: date, expireAfterMs: 1 });
client.send("math", "add", [1, 2], { runAfterMs: 1, expireAt: date });
declare const maybeDate: Date | undefined;
client.send("math", "add", [1, 2], { runAt: maybeDate, expireAt: maybeDate });
client.send("math", "add", [1, 2], { runAt: maybeDate, runAfterMs: undefined });
// @ts-expect-error two times to run at
client.send("math", "add", [1, 2], { runAt: date, runAfterMs: 1 });
// @ts-expect-error two expiries
client.send("math", "add", [1, 2], { expireAt: date, expireAfterMs: 1 });
// @ts-expect-error an option that is not there
client.send("math", "add", [1, 2], { retries: 5 });
// @ts-expect-error a delay that is a text
client.send("math", "add", [1, 2], { runAfterMs: "1s" });

// --- sendMany ------------------------------------------------------------------------------------------------------
const [sum, greeting, nothing] = await client.sendMany([
  { group: "math", name: "add", args: [1, 2], options: { front: true } },
  { group: "mail", name: "greet", args: [{ id: 1 }] },
  { group: "math", name: "none", args: undefined, options: undefined },
]);
expectTypeOf(await sum.value()).toEqualTypeOf<number>();
expectTypeOf(await greeting.value()).toEqualTypeOf<string>();
expectTypeOf(await nothing.value()).toEqualTypeOf<undefined>();
const many = await client.sendMany(
  [1, 2, 3].map((value) => ({ group: "math", name: "double", args: [value] }) as const),
);
expectTypeOf(await Promise.all(many.map((task) => task.value()))).toEqualTypeOf<number[]>();
// @ts-expect-error a task that is not there
client.sendMany([{ group: "math", name: "ad", args: [1, 2] }]);
// @ts-expect-error an argument of another type
client.sendMany([{ group: "math", name: "add", args: [1, "2"] }]);
// @ts-expect-error no arguments where some are needed
client.sendMany([{ group: "math", name: "add" }]);
// @ts-expect-error an option that is not there
client.sendMany([{ group: "math", name: "add", args: [1, 2], options: { retries: 5 } }]);

// @ts-expect-error beside one that is there too
client.sendMany([{ group: "math", name: "add", args: [1, 2], options: { front: true, retries: 5 } }]);
// @ts-expect-error a field that is not there
client.sendMany([{ group: "math", name: "add", args: [1, 2], opts: { front: true } }]);
// Options that are declared elsewhere, and requests of which some are made at run time.
declare const sendOptions: SendOptions;
client.sendMany([{ group: "math", name: "add", args: [1, 2], options: sendOptions }]);
client.sendMany([
  ...[1, 2].map((value) => ({ group: "math", name: "double", args: [value] }) as const),
  { group: "lists", name: "join", args: [["a", "b"]] },
]);

// --- sendWorkflow --------------------------------------------------------------------------------------------------
expectTypeOf(
  await client.sendWorkflow([
    { group: "math", name: "add", args: [1, 2], options: { runAt: date, retryCount: 1 } },
    { group: "math", name: "double", options: { runAfterMs: 500, expireAt: date, retryCount: undefined } },
    { group: "math", name: "round" },
    { group: "math", name: "big" },
  ]),
).toEqualTypeOf<TaskHandle<number | bigint, readonly [number | bigint]>>();
expectTypeOf(
  await (await client.sendWorkflow([{ group: "math", name: "one" }])).value(),
).toEqualTypeOf<"only">();
expectTypeOf(
  await (
    await client.sendWorkflow([
      { group: "math", name: "divide", args: [7, 2] },
      { group: "math", name: "divide", args: undefined, options: undefined },
    ])
  ).value(),
).toEqualTypeOf<readonly [number, number]>();
// Of a list that is made at run time no step can be told from another.
const steps = [1, 2].map(
  (runAfterMs) => ({ group: "math", name: "double", options: { runAfterMs } }) as const,
);
expectTypeOf(await (await client.sendWorkflow(steps)).value()).toEqualTypeOf<number>();

// Of what returns any nothing can be said; what takes unknown takes everything.
client.sendWorkflow([
  { group: "mail", name: "any", args: [1] },
  { group: "math", name: "add" },
]);
client.sendWorkflow([
  { group: "mail", name: "any", args: [1] },
  { group: "mail", name: "vague" },
]);

// What arrives is made anew: a step may change it, even where the step before returned something readonly.
client.sendWorkflow([
  { group: "lists", name: "pairs", args: [1] },
  { group: "lists", name: "count", options: { expireAt: maybeDate } },
]);
client.sendWorkflow([
  { group: "lists", name: "names" },
  { group: "lists", name: "join" },
]);

client.sendWorkflow([
  { group: "lists", name: "count", args: [[1, 2], 3], options: sendOptions },
  { group: "math", name: "double", options: sendOptions },
]);

const add = { group: "math", name: "add", args: [1, 2] } as const;
// @ts-expect-error no step
client.sendWorkflow([]);
// @ts-expect-error a field that is not there
client.sendWorkflow([{ ...add, optoins: {} }]);
// @ts-expect-error nor on a later step
client.sendWorkflow([add, { group: "math", name: "double", opts: {} }]);
// @ts-expect-error an option that is not there
client.sendWorkflow([{ ...add, options: { front: true, retries: 5 } }]);
// @ts-expect-error nor on a later step
client.sendWorkflow([add, { group: "math", name: "double", options: { retryCount: 1, retries: 5 } }]);
// @ts-expect-error an argument too few
client.sendWorkflow([{ group: "math", name: "add", args: [1] }]);
// @ts-expect-error the first step takes arguments of its own
client.sendWorkflow([{ group: "math", name: "add" }]);
// @ts-expect-error of their types
client.sendWorkflow([{ group: "math", name: "add", args: [1, "2"] }]);
// @ts-expect-error a task that is not there
client.sendWorkflow([add, { group: "math", name: "duble" }]);
// @ts-expect-error a group that is not there
client.sendWorkflow([add, { group: "maths", name: "double" }]);
// @ts-expect-error one value where the step takes two
client.sendWorkflow([add, { group: "math", name: "add" }]);
// @ts-expect-error a number where the step takes a text
client.sendWorkflow([add, { group: "mail", name: "log" }]);
const log = { group: "mail", name: "log", args: ["x"] } as const;
// @ts-expect-error no value where the step takes one
client.sendWorkflow([log, { group: "mail", name: "greet" }]);
const maybe = { group: "mail", name: "maybe" } as const;
// @ts-expect-error perhaps no value where the step takes one
client.sendWorkflow([maybe, { group: "math", name: "double" }]);
// @ts-expect-error the third does not take what the second returns
client.sendWorkflow([add, { group: "math", name: "double" }, { group: "mail", name: "log" }]);
// @ts-expect-error a later step gets its arguments from the one before
client.sendWorkflow([add, { group: "math", name: "double", args: [1] }]);
// @ts-expect-error the delay of a later step counts from the end of the one before
client.sendWorkflow([add, { group: "math", name: "double", options: { runAt: date } }]);
// @ts-expect-error two times to begin at
client.sendWorkflow([{ ...add, options: { runAt: date, runAfterMs: 1 } }]);
client.sendWorkflow([{ ...add, options: { runAt: date, runAfterMs: undefined } }]);
// @ts-expect-error only what is sent now can be put in front
client.sendWorkflow([add, { group: "math", name: "double", options: { front: true } }]);

// --- reading -------------------------------------------------------------------------------------------------------
const task = await client.send("math", "divide", [7, 2]);
const result = await task.result({ timeoutMs: undefined, pollIntervalMs: undefined, signal: undefined });
expectTypeOf(result).toEqualTypeOf<Result<readonly [number, number]>>();
expectTypeOf(result.get(0)).toEqualTypeOf<number>();
expectTypeOf(result.values()).toEqualTypeOf<readonly [number, number]>();
expectTypeOf(result.getInt64(0)).toEqualTypeOf<bigint>();
expectTypeOf(result.error).toEqualTypeOf<string | undefined>();
expectTypeOf(result.workflow).toExtend<readonly { name: string; status: string }[]>();
expectTypeOf(await task.status()).toEqualTypeOf<Status | undefined>();
expectTypeOf(await task.abort()).toEqualTypeOf<void>();
// @ts-expect-error there is no third value
result.get(2);
// @ts-expect-error an option that is not there
task.value({ timeout: 1 });

const kept = await client.getResult<[number]>("id", { timeoutMs: 1 });
expectTypeOf(kept.get(0)).toEqualTypeOf<number>();
expectTypeOf(kept.values()).toEqualTypeOf<[number]>();
// @ts-expect-error there is no second value
kept.get(1);
const unknownValues = await client.getResult("id");
expectTypeOf(unknownValues.get(5)).toBeUnknown();
expectTypeOf(unknownValues.values()).toEqualTypeOf<readonly unknown[]>();
expectTypeOf(await client.getStatus("id")).toEqualTypeOf<Status | undefined>();

// --- groups --------------------------------------------------------------------------------------------------------
client.counts("mail");
client.deadLetters("mail").redrive(["id"]);
for (const group of Object.keys(tasks) as (keyof Tasks)[]) client.counts(group);
// @ts-expect-error a group that is not there
client.counts("mial");
// @ts-expect-error a text that may be any
client.counts(String("mail"));
// @ts-expect-error a group that is not there
client.deadLetters("mial");
client.deadLetters("mail").purge();
// @ts-expect-error it deletes all of them
client.deadLetters("mail").purge(["id"]);

// --- without a map of tasks ----------------------------------------------------------------------------------------
const untyped = new Client(options);
expectTypeOf(await (await untyped.send("any", "task", [1, date])).value()).toBeUnknown();
expectTypeOf((await (await untyped.send("any", "task")).result()).get(3)).toBeUnknown();
untyped.sendMany([
  { group: "any", name: "task", args: [new Map()] },
  { group: "other", name: "task" },
]);
untyped.sendWorkflow([
  { group: "any", name: "task", args: [1] },
  { group: "other", name: "task" },
]);
untyped.sendWorkflow(["a", "b"].map((name) => ({ group: "any", name })));
expectTypeOf(server.client()).toEqualTypeOf<Client>();
untyped.counts(String("any"));
untyped.deadLetters(String("any"));
// @ts-expect-error a group is a text
untyped.counts(5);
// @ts-expect-error the arguments are a list
untyped.send("any", "task", 1);

// --- a map that is only a type -------------------------------------------------------------------------------------
interface Remote {
  readonly pdf: {
    readonly render: (html: string, pages?: number) => Promise<{ at: Date; bytes: Uint8Array }>;
  };
}
const remote = new Client<Remote>(options);
const rendered = await (await remote.send("pdf", "render", ["<p>"])).value();
expectTypeOf(rendered).toEqualTypeOf<{ at: string; bytes: string }>();
expectTypeOf<TaskArgs<Remote["pdf"]["render"]>>().toEqualTypeOf<[html: string, pages?: number]>();
expectTypeOf<TaskValue<Tasks["mail"]["send"]>>().toEqualTypeOf<{ address: string; at: string }>();
expectTypeOf<TaskValues<Tasks["math"]["divide"]>>().toEqualTypeOf<readonly [number, number]>();
expectTypeOf<WaitOptions["timeoutMs"]>().toEqualTypeOf<number | undefined>();
interface Unsendable {
  readonly remind: { readonly at: (at: Date) => void; readonly id: (id: bigint) => void };
}
const unsendable = new Client<Unsendable>(options);
// @ts-expect-error a Date would arrive as a string
unsendable.send("remind", "at", [date]);
// @ts-expect-error and a small bigint as a number
unsendable.send("remind", "id", [1n]);
// @ts-expect-error however it is sent
unsendable.sendMany([{ group: "remind", name: "at", args: [date] }]);
// @ts-expect-error in a workflow too
unsendable.sendWorkflow([{ group: "remind", name: "at", args: [date] }]);
// What needs no type of its tasks takes any client.
expectTypeOf<Client<Remote>>().toExtend<Client>();

// @ts-expect-error a map whose tasks are no functions
new Client<{ group: { task: string } }>(options);
