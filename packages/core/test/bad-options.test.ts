import { describe, expect, it } from "vitest";
import { Client, Server } from "../src/index.js";
import { MemoryBackend, MemoryBroker } from "../src/memory/index.js";
import { makeDrivers, refusal, untyped } from "./support/bad-input.js";

type Options = Record<string, unknown>;

const drivers = makeDrivers();
const { broker, backend } = drivers;
const brokerMethods = { connect() {}, send() {}, subscribe() {}, deadLetters() {}, counts() {}, close() {} };

const notMilliseconds = [-1, Number.NaN, Number.POSITIVE_INFINITY, "1", null, {}, 1n];
const notCounts = [-1, 1.5, Number.NaN, "3", null, [], 2 ** 53];

/** Each option with values that it refuses. */
const shared: readonly (readonly [string, readonly unknown[]])[] = [
  ["broker", [null, "redis://", 5, {}, backend, { connect() {} }, { ...brokerMethods, capabilities: true }]],
  ["backend", [null, "redis://", {}, { get() {} }]],
  ["statusExpires", [-2, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "300", null]],
  ["resultExpires", [-2, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "300", null]],
  ["logger", [null, "winston", {}, { info() {} }, () => {}]],
  ["debug", [1, "true", null]],
  ["maxMessageBytes", [0, -1, 1.5, Number.NaN, "1048576", null]],
  ["wireVersion", [1, 4, "3", null]],
  ["goCompatible", [1, "yes", null]],
  ["clock", [null, Date, { now: () => 0 }]],
];

const cases = (options: readonly (readonly [string, readonly unknown[]])[]) =>
  options.flatMap(([name, values]) => values.map((value) => [name, value] as const));

describe.each<readonly [string, (options: Options) => unknown]>([
  ["new Server", (options) => new Server(untyped(options))],
  ["new Client", (options) => new Client(untyped(options))],
])("%s", (place, make) => {
  it.each(cases(shared))("refuses %s: %s", (name, value) => {
    expect(() => make({ ...drivers, [name]: value })).toThrow(refusal(place, `\\.${name} must be`));
  });

  it.each([undefined, null, "options", [drivers], 5])("refuses %s for options", (options) => {
    expect(() => make(untyped(options))).toThrow(refusal(place, "must be an object"));
  });

  it("refuses to be without a broker", () => {
    expect(() => make({})).toThrow(refusal(place, "\\.broker must be"));
    expect(() => make({ broker: undefined })).toThrow(refusal(place, "\\.broker must be"));
    expect(() => make({ broker: brokerMethods })).toThrow(
      refusal(place, "\\.broker must be", "capabilities"),
    );
  });

  it("refuses an option that is not there, and names those that are", () => {
    expect(() => make({ ...drivers, concurrency: 5 })).toThrow(
      refusal(place, 'no option "concurrency"', "statusExpires"),
    );
    expect(() => make({ ...drivers, toString: 5 })).toThrow(refusal(place, 'no option "toString"'));
  });

  it("takes an option that is undefined as one that is not given", () => {
    const undefinedOnes = Object.fromEntries(shared.slice(1).map(([name]) => [name, undefined]));
    expect(() => make({ broker, ...undefinedOnes })).not.toThrow();
  });

  it("takes expiry settings of -1, 0 and more", () => {
    for (const expires of [-1, 0, 1, 86_400 * 365])
      expect(() => make({ ...drivers, statusExpires: expires, resultExpires: expires })).not.toThrow();
  });
});

describe("new Server", () => {
  it.each(
    cases([
      ["maxRedeliveries", notCounts],
      ["startTimeoutMs", [0, ...notMilliseconds]],
    ]),
  )("refuses %s: %s", (name, value) => {
    expect(() => new Server({ ...drivers, [name]: value })).toThrow(
      refusal("new Server", `\\.${name} must be`),
    );
  });
});

describe("new Client", () => {
  it("refuses what only a server takes", () => {
    expect(() => new Client(untyped({ ...drivers, maxRedeliveries: 5 }))).toThrow(
      refusal("new Client", "maxRedeliveries"),
    );
  });
});

/** The options of a send, with values that each refuses. */
const sendOptions: readonly (readonly [string, readonly unknown[]])[] = [
  ["retryCount", notCounts],
  ["runAfterMs", [...notMilliseconds, 1e300]],
  ["runAt", [5, "2030-01-01", new Date(Number.NaN), null]],
  ["expireAfterMs", notMilliseconds],
  ["expireAt", [5, "2030-01-01", new Date(Number.NaN), null]],
  ["front", [1, "yes", null]],
  ["sendTimeoutMs", [0, ...notMilliseconds]],
];

describe.each<readonly [string, (client: Client, options: Options) => Promise<unknown>]>([
  ["client.send", (client, options) => client.send("g", "task", [], untyped(options))],
  [
    "client.sendMany: requests\\[1\\]",
    (client, options) =>
      client.sendMany([{ group: "g", name: "task" }, untyped({ group: "g", name: "task", options })]),
  ],
  [
    "client.sendWorkflow: steps\\[0\\]",
    (client, options) => client.sendWorkflow(untyped([{ group: "g", name: "task", options }])),
  ],
])("%s", (place, send) => {
  const client = new Client(drivers);

  it.each(cases(sendOptions))("refuses %s: %s", async (name, value) => {
    await expect(send(client, { [name]: value })).rejects.toThrow(refusal(place, `\\.${name} must be`));
  });

  it.each([null, "options", [], 5])("refuses %s for options", async (options) => {
    await expect(send(client, untyped(options))).rejects.toThrow(refusal(place, "options must be an object"));
  });

  it("refuses an option that is not there", async () => {
    await expect(send(client, { retries: 5 })).rejects.toThrow(
      refusal(place, 'no option "retries"', "retryCount"),
    );
  });

  it("refuses two times to run at, and two expiries", async () => {
    await expect(send(client, { runAt: new Date(), runAfterMs: 1 })).rejects.toThrow(
      refusal(place, "runAt and runAfterMs"),
    );
    await expect(send(client, { expireAt: new Date(), expireAfterMs: 1 })).rejects.toThrow(
      refusal(place, "expireAt and expireAfterMs"),
    );
  });

  it.each([
    { runAt: new Date(8.64e15) },
    { expireAt: new Date(8.64e15) },
    { expireAfterMs: 1e300 },
    { expireAt: new Date(-1) },
  ])("refuses a time that Go could not read: %o", async (options) => {
    await expect(send(client, options)).rejects.toThrow(refusal(place, "the years 1970 to 9999"));
  });

  it("sends nothing that it refuses", async () => {
    expect(await client.counts("g")).toMatchObject({ waiting: 0, delayed: 0 });
  });
});

describe("a later step of client.sendWorkflow", () => {
  const client = new Client(drivers);
  const send = (step: Options) =>
    client.sendWorkflow(
      untyped([
        { group: "g", name: "task" },
        { group: "g", name: "next", ...step },
      ]),
    );
  const place = "steps\\[1\\]";

  it.each(
    cases(
      sendOptions.filter(([name]) =>
        ["retryCount", "runAfterMs", "expireAfterMs", "expireAt"].includes(name),
      ),
    ),
  )("refuses %s: %s", async (name, value) => {
    await expect(send({ options: { [name]: value } })).rejects.toThrow(refusal(place, `\\.${name} must be`));
  });

  it.each<readonly [Options, string]>([
    [{ args: [1] }, "has args"],
    [{ options: { runAt: new Date() } }, "runAt"],
    [{ options: { front: true } }, 'no option "front"'],
    [{ options: { sendTimeoutMs: 1 } }, 'no option "sendTimeoutMs"'],
    [{ options: null }, "options must be an object"],
    [{ options: { expireAt: new Date(), expireAfterMs: 1 } }, "expireAt and expireAfterMs"],
    [{ name: "" }, "name"],
    [{ group: "" }, "group"],
    [{ nmae: "next" }, "nmae"],
  ])("refuses %o", async (step, message) => {
    await expect(send(step)).rejects.toThrow(refusal(message));
  });

  it.each([undefined, null, {}, [], "steps", [null], [undefined], [5], new Array(1)])(
    "refuses %o for steps",
    async (steps) => {
      await expect(client.sendWorkflow(untyped(steps))).rejects.toThrow(refusal("sendWorkflow"));
    },
  );

  it("refuses a hole among the steps", async () => {
    const steps = Object.assign(new Array(3), { 0: { group: "g", name: "a" }, 2: { group: "g", name: "b" } });
    await expect(client.sendWorkflow(untyped(steps))).rejects.toThrow(refusal("steps\\[1\\]"));
  });
});

describe("the drivers in memory", () => {
  it.each([null, 5, { leaseMs: 0 }, { leaseMs: "soon" }, { clock: {} }, { clok: 1 }])(
    "refuse %o",
    (options) => {
      const wanted = refusal("new MemoryBroker: options");
      expect(() => new MemoryBroker(untyped(options))).toThrow(wanted);
    },
  );

  it.each([null, 5, { clock: 3 }, { leaseMs: 5 }])("refuse %o for a backend", (options) => {
    expect(() => new MemoryBackend(untyped(options))).toThrow(refusal("new MemoryBackend: options"));
  });
});
