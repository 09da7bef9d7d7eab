import { execFile } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Client, Server } from "../../src/index.js";
import { MemoryBackend, MemoryBroker } from "../../src/memory/index.js";
import { type ClosableLogger, createWinstonLogger, type WinstonLoggerOptions } from "../../src/winston.js";

let folder: string;
let file: string;
const loggers: ClosableLogger[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ytask-log-"));
  file = join(folder, "app.log");
});
afterEach(async () => {
  await Promise.all(loggers.splice(0).map((logger) => logger.close()));
  rmSync(folder, { recursive: true, force: true });
});

const create = (options: WinstonLoggerOptions) => {
  const logger = createWinstonLogger(options);
  loggers.push(logger);
  return logger;
};
const linesOf = (path: string): Record<string, unknown>[] =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const messagesOf = (path: string) => linesOf(path).map(({ message }) => message);
const isWritten = (path: string, message: string) =>
  vi.waitFor(() => expect(readFileSync(path, "utf8")).toContain(`"${message}"`), {
    timeout: 10_000,
    interval: 5,
  });

describe("a winston logger with a file", () => {
  it("writes a JSON object a line, with level, message, time and fields", async () => {
    const logger = create({ file });
    logger.info("task succeeded", { id: "1", group: "g", durationMs: 5, big: 2n ** 60n });
    logger.warn("plain");
    logger.error("line\nbreak", { error: 'quoted "text"' });
    await logger.close();
    const lines = linesOf(file);
    expect(lines).toMatchObject([
      { level: "info", message: "task succeeded", id: "1", group: "g", durationMs: 5 },
      { level: "warn", message: "plain" },
      { level: "error", message: "line\nbreak", error: 'quoted "text"' },
    ]);
    for (const { timestamp } of lines) expect(Date.parse(String(timestamp))).not.toBeNaN();
  });

  it.each([
    ["debug", ["debug", "info", "warn", "error"]],
    [undefined, ["info", "warn", "error"]],
    ["warn", ["warn", "error"]],
    ["error", ["error"]],
  ] as const)("at level %s writes %s", async (level, written) => {
    const logger = create({ level, file });
    for (const each of ["debug", "info", "warn", "error"] as const) logger[each](each);
    await logger.close();
    expect(messagesOf(file)).toEqual(written);
  });

  it("makes the file's folders, and adds to a file that is there", async () => {
    const deep = join(folder, "a", "b", "app.log");
    const first = create({ file: deep });
    first.info("one");
    await first.close();
    const second = create({ file: deep });
    second.info("two");
    await second.close();
    expect(messagesOf(deep)).toEqual(["one", "two"]);
  });

  it("keeps the order of many lines, and loses none", async () => {
    const logger = create({ file });
    const count = 5_000;
    for (let index = 0; index < count; index++) logger.info(String(index));
    await logger.close();
    expect(messagesOf(file)).toEqual(Array.from({ length: count }, (_, index) => String(index)));
  });

  it("writes into a new file after it was deleted, with the next line", async () => {
    const logger = create({ file });
    logger.info("before");
    await isWritten(file, "before");
    rmSync(file);
    logger.info("after");
    await logger.close();
    expect(messagesOf(file)).toEqual(["after"]);
  });

  it("writes into a new file after it was renamed, as log rotation does", async () => {
    const logger = create({ file });
    logger.info("before");
    await isWritten(file, "before");
    renameSync(file, `${file}.1`);
    logger.info("after");
    await logger.close();
    expect(messagesOf(`${file}.1`)).toEqual(["before"]);
    expect(messagesOf(file)).toEqual(["after"]);
  });

  it("writes into the file that log rotation made in place of the old one", async () => {
    const logger = create({ file });
    logger.info("before");
    await isWritten(file, "before");
    renameSync(file, `${file}.1`);
    writeFileSync(file, "");
    logger.info("after");
    await logger.close();
    expect(messagesOf(`${file}.1`)).toEqual(["before"]);
    expect(messagesOf(file)).toEqual(["after"]);
  });

  it("goes on at the start of a file that log rotation copied and emptied", async () => {
    const logger = create({ file });
    logger.info("before");
    await isWritten(file, "before");
    truncateSync(file);
    logger.info("after");
    await logger.close();
    expect(messagesOf(file)).toEqual(["after"]);
  });

  it("makes its folder anew where that is gone", async () => {
    file = join(folder, "logs", "app.log");
    const logger = create({ file });
    logger.info("before");
    await isWritten(file, "before");
    rmSync(join(folder, "logs"), { recursive: true });
    logger.info("after");
    await logger.close();
    expect(messagesOf(file)).toEqual(["after"]);
  });

  it("has every line in one of the files while it is rotated again and again", async () => {
    const logger = create({ file });
    const count = 2_000;
    let rotations = 0;
    for (let index = 0; index < count; index++) {
      logger.info(String(index));
      if (index % 100 !== 99) continue;
      await isWritten(file, String(index));
      renameSync(file, `${file}.${++rotations}`);
    }
    await logger.close();
    const all = Array.from({ length: rotations }, (_, index) => messagesOf(`${file}.${index + 1}`)).flat();
    expect(all).toEqual(Array.from({ length: count }, (_, index) => String(index)));
  });

  it("writes to stderr what the file does not take, says why once, and goes back to it", async () => {
    const toStderr: string[] = [];
    const stderr = vi
      .spyOn(process.stderr, "write")
      .mockImplementation((text) => toStderr.push(String(text)) > 0);
    try {
      // A folder in the place of the file can be written to by nobody, root included.
      mkdirSync(file);
      const logger = create({ file });
      logger.info("one");
      await vi.waitFor(() => expect(toStderr.join("")).toContain('"one"'));
      logger.info("two");
      await vi.waitFor(() => expect(toStderr.join("")).toContain('"two"'));
      rmSync(file, { recursive: true });
      logger.info("three");
      await logger.close();
      expect(messagesOf(file)).toEqual(["three"]);
      expect(toStderr.filter((text) => text.includes("cannot write to the log file"))).toHaveLength(1);
      expect(toStderr.join("")).toContain("EISDIR");
    } finally {
      stderr.mockRestore();
    }
  });

  it("closes twice, takes what comes later without harm, and keeps no process alive", async () => {
    const logger = create({ file });
    logger.info("before");
    await logger.close();
    await logger.close();
    logger.info("after");
    // An error that nobody hears would end the process within these turns.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(messagesOf(file)).toEqual(["before"]);
  });

  it("lets a process that never closes it end by itself, with its lines written", async () => {
    const script =
      `import { createWinstonLogger } from ${JSON.stringify(new URL("../../dist/winston.js", import.meta.url).href)};` +
      `createWinstonLogger({ file: ${JSON.stringify(file)} }).info("last words");`;
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
    expect(messagesOf(file)).toEqual(["last words"]);
  });

  it("is the log of a server and a client", async () => {
    const logger = create({ level: "debug", file });
    const drivers = { broker: new MemoryBroker(), backend: new MemoryBackend(), logger };
    const server = new Server(drivers);
    server.add("g", "task", () => 1);
    await server.run("g");
    const client = new Client(drivers);
    const task = await client.send("g", "task");
    await task.value();
    await client.close();
    await server.shutdown();
    await logger.close();
    const lines = linesOf(file).filter(({ id }) => id === task.id);
    expect(lines.map(({ message }) => message)).toEqual(["task started", "task succeeded"]);
    for (const line of lines) expect(line).toMatchObject({ group: "g", name: "task", attempt: 1 });
  });
});

describe("a winston logger without a file", () => {
  it("writes JSON lines to the console", async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      "--input-type=module",
      "--eval",
      `import { createWinstonLogger } from ${JSON.stringify(new URL("../../dist/winston.js", import.meta.url).href)};
      const logger = createWinstonLogger(); logger.debug("hidden"); logger.info("shown", { id: "1" }); await logger.close();`,
    ]);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ level: "info", message: "shown", id: "1" });
  });
});

describe("createWinstonLogger", () => {
  it.each([{ level: "loud" }, { level: 5 }, { file: "" }, { file: 5 }, { path: "app.log" }, null, "app.log"])(
    "refuses %o",
    (options) => {
      expect(() => createWinstonLogger(options as never)).toThrow(
        expect.objectContaining({ code: 102, message: expect.stringContaining("createWinstonLogger") }),
      );
    },
  );
});
