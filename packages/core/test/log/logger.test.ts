import { Writable } from "node:stream";
import { pino } from "pino";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createLogger } from "winston";
import {
  Client,
  fromPino,
  type Logger,
  Server,
  type TaskContext,
  withContext,
  YTaskError,
} from "../../src/index.js";
import { consoleLogger, silentLogger } from "../../src/log/logger.js";
import { MemoryBackend, MemoryBroker } from "../../src/memory/index.js";
import { refusal } from "../support/bad-input.js";
import { World } from "../support/world.js";

const levels = ["debug", "info", "warn", "error"] as const;

/** What the console was told, as `[level, ...parameters]`. */
function watchConsole(): unknown[][] {
  const told: unknown[][] = [];
  for (const level of levels)
    vi.spyOn(console, level).mockImplementation((...parameters) => void told.push([level, ...parameters]));
  return told;
}
afterEach(() => vi.restoreAllMocks());

/** A server and a client that ran one task that succeeds and one that fails. */
async function runTwoTasks(options: { readonly logger?: Logger; readonly debug?: boolean }): Promise<void> {
  const drivers = { broker: new MemoryBroker(), backend: new MemoryBackend() };
  const server = new Server({ ...drivers, ...options });
  server.add("g", "good", () => 1);
  server.add("g", "bad", () => {
    throw new Error("no money");
  });
  await server.run("g");
  const client = new Client({ ...drivers, ...options });
  const failed = new Promise<void>((resolve) => server.on("deadLettered", () => resolve()));
  await (await client.send("g", "good")).value();
  await (await client.send("g", "bad", [], { retryCount: 0 })).result();
  await failed;
  await client.close();
  await server.shutdown();
}

describe("the console logger", () => {
  it.each([
    ["debug", ["debug", "info", "warn", "error"]],
    ["info", ["info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["error", ["error"]],
  ] as const)("at level %s writes %s, each to its own method", (level, written) => {
    const told = watchConsole();
    const logger = consoleLogger(level);
    for (const each of levels) logger[each]("message", { id: "1" });
    expect(told).toEqual(written.map((each) => [each, "[ytask] message", { id: "1" }]));
  });

  it("writes a line without fields where there are none", () => {
    const told = watchConsole();
    consoleLogger("info").info("message");
    expect(told).toEqual([["info", "[ytask] message"]]);
  });
});

describe("a server without a logger", () => {
  it("tells the console of what needs an eye, and not of each task", async () => {
    const told = watchConsole();
    await runTwoTasks({});
    const messages = told.map(([level, message]) => `${level} ${message}`);
    expect(messages).toContain("warn [ytask] task failed");
    expect(messages).toContain("warn [ytask] task became a dead letter");
    expect(messages.filter((message) => /started|succeeded|debug/.test(message))).toEqual([]);
  });

  it("tells it of each task too with debug", async () => {
    const told = watchConsole();
    await runTwoTasks({ debug: true });
    const messages = told.map(([level, message]) => `${level} ${message}`);
    expect(messages).toContain("debug [ytask] task started");
    expect(messages).toContain("info [ytask] task succeeded");
  });

  it("tells it nothing with a silent logger", async () => {
    const told = watchConsole();
    await runTwoTasks({ logger: silentLogger });
    expect(told).toEqual([]);
  });
});

describe("a logger of the user's", () => {
  it("may be a function that has the methods", async () => {
    const lines: string[] = [];
    const log = (message: string) => void lines.push(message);
    await runTwoTasks({ logger: Object.assign(() => {}, { debug: log, info: log, warn: log, error: log }) });
    expect(lines).toContain("task succeeded");
  });

  it("gets each event with the fields that name the task", async () => {
    const lines: { level: string; message: string; fields: Record<string, unknown> | undefined }[] = [];
    const log = (level: string) => (message: string, fields?: Record<string, unknown>) =>
      void lines.push({ level, message, fields });
    await runTwoTasks({
      logger: { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") },
    });
    expect(lines).toContainEqual({
      level: "info",
      message: "task succeeded",
      fields: {
        id: expect.any(String),
        group: "g",
        name: "good",
        attempt: 1,
        durationMs: expect.any(Number),
      },
    });
    expect(lines).toContainEqual({
      level: "warn",
      message: "task failed",
      fields: expect.objectContaining({ group: "g", name: "bad", attempt: 1, error: "no money" }),
    });
  });

  it("may throw: that ends no task", async () => {
    const broken = () => {
      throw new Error("the disk is full");
    };
    await runTwoTasks({ logger: { debug: broken, info: broken, warn: broken, error: broken } });
  });

  it("may write later, and fail: that ends nothing", async () => {
    const fail = () => Promise.reject(new Error("the disk is full"));
    await runTwoTasks({ logger: { debug: fail, info: fail, warn: fail, error: fail } });
  });

  it("may be pino's only through fromPino: as it is it would take each message for its fields", () => {
    for (const pinoLogger of [pino(), pino().child({ service: "mail" })])
      for (const make of [Server, Client])
        expect(() => new make({ broker: new MemoryBroker(), logger: pinoLogger })).toThrow(
          refusal("options.logger must be", "fromPino\\(pino\\)"),
        );
  });

  it("may be winston's", () => {
    const logger = createLogger({ silent: true });
    expect(() => new Server({ broker: new MemoryBroker(), logger })).not.toThrow();
    expect(() => new Server({ broker: new MemoryBroker(), logger: logger.child({ x: 1 }) })).not.toThrow();
  });

  it("may be the console itself", async () => {
    const told = watchConsole();
    await runTwoTasks({ logger: console });
    expect(told.map(([level, message]) => `${level} ${message}`)).toContain("info task succeeded");
  });
});

describe("the logger of a task's context", () => {
  /** What the log has after a task that was handed its context ran twice. */
  async function logged(run: (context: TaskContext) => unknown) {
    const world = new World();
    const task = withContext((context) => {
      run(context);
      if (context.attempt === 1) throw new Error("once");
    });
    await world.server().add("g", "task", task, { backoff: false }).run("g");
    const { id } = await world.client().send("g", "task");
    await world.settle();
    return { id, lines: world.log.saying("of the task") };
  }

  it("writes to the server's, with the fields that name the task beside those that it is given", async () => {
    const { id, lines } = await logged(({ logger }) => {
      logger.info("a line of the task", { order: 5 });
      logger.debug("a line of the task");
    });
    const task = { id, group: "g", name: "task" };
    expect(lines.map(({ level, fields }) => [level, fields])).toEqual([
      ["info", { ...task, attempt: 1, order: 5 }],
      ["debug", { ...task, attempt: 1 }],
      ["info", { ...task, attempt: 2, order: 5 }],
      ["debug", { ...task, attempt: 2 }],
    ]);
  });

  it("leaves a field as it is given where it has the name of one of its own", async () => {
    const { lines } = await logged(({ logger }) => logger.warn("a line of the task", { id: 5, name: "Ada" }));
    expect(lines[0]?.fields).toEqual({ id: 5, group: "g", name: "Ada", attempt: 1 });
  });

  it("writes message and stack of an error that it is given for its fields", async () => {
    const { id, lines } = await logged(({ logger }) =>
      logger.error("an error of the task", new Error("busy") as never),
    );
    const stack = expect.stringContaining("Error: busy");
    expect(lines[0]?.fields).toEqual({ id, group: "g", name: "task", attempt: 1, error: "busy", stack });
  });

  it("is the same each time that it is asked for", async () => {
    const loggers: Logger[] = [];
    await logged((context) => loggers.push(context.logger, context.logger));
    expect(loggers).toHaveLength(4);
    expect(loggers[1]).toBe(loggers[0]);
  });
});

describe("fromPino", () => {
  it("writes message, level and fields to a pino logger, at the level that it has", async () => {
    const lines: string[] = [];
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    const logger = fromPino(pino({ level: "info" }, sink));
    for (const level of levels) logger[level](`a ${level}`, { id: "1" });
    logger.info("no fields");
    await new Promise((resolve) => sink.end(resolve));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 30, msg: "a info", id: "1" },
      { level: 40, msg: "a warn", id: "1" },
      { level: 50, msg: "a error", id: "1" },
      { level: 30, msg: "no fields" },
    ]);
  });

  it.each([undefined, null, {}, console.log, { info() {} }])(
    "refuses %s, which is no pino logger",
    (value) => {
      const make = () => fromPino(value as never);
      expect(make).toThrow(YTaskError);
      expect(make).toThrow(
        expect.objectContaining({ code: 102, message: expect.stringContaining("fromPino") }),
      );
    },
  );
});
