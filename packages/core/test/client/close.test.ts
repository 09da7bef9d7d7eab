import { createRequire } from "node:module";
import { describe, expect, it, vi } from "vitest";
import type * as own from "../../src/index.js";
import { ErrorCode } from "../../src/index.js";
import { World } from "../support/world.js";
import { wrapBackend, wrapBroker } from "../support/wrap.js";

/** Drivers that count how often they are connected and closed. */
function counted(world: World) {
  const inner = { broker: world.broker(), backend: world.backend() };
  const connect = vi.fn((name: "broker" | "backend") => inner[name].connect());
  const close = vi.fn((name: "broker" | "backend") => inner[name].close());
  const broker = wrapBroker(inner.broker, { connect: () => connect("broker"), close: () => close("broker") });
  const backend = wrapBackend(inner.backend, {
    connect: () => connect("backend"),
    close: () => close("backend"),
  });
  return { broker, backend, connect, close };
}

describe("close", () => {
  it("waits for the sends that are under way, and opens nothing after it", async () => {
    const world = new World();
    const { broker, backend, connect, close } = counted(world);
    const client = world.client({ broker, backend });
    const sending = client.send("g", "run");
    const many = client.sendMany([{ group: "g", name: "run", args: [] }]);
    await client.close();
    expect((await sending).id).not.toBe((await many)[0].id);
    await world.settle();
    expect(connect).toHaveBeenCalledTimes(2);
    expect(close).toHaveBeenCalledTimes(2);
    const other = world.client();
    expect(await other.counts("g")).toMatchObject({ waiting: 2 });
  });

  it("waits for all batches of a sendMany, where those that are on their way are confirmed together", async () => {
    const world = new World();
    const inner = world.broker();
    let confirmed: Promise<void> | undefined;
    const broker = wrapBroker(inner, {
      async send(messages) {
        confirmed ??= new Promise<void>((resolve) => setImmediate(resolve)).finally(() => {
          confirmed = undefined;
        });
        await confirmed;
        await inner.send(messages);
      },
    });
    // Keeps the driver open, so that only the client itself could end its sends.
    const other = world.client({ broker });
    await other.counts("g");
    const client = world.client({ broker, backend: undefined });
    const request = { group: "g", name: "run", args: [] } as const;
    const sending = client.sendMany(Array.from({ length: 30_000 }, () => request));
    await Promise.all([client.close(), sending]);
    expect(await other.counts("g")).toMatchObject({ waiting: 30_000 });
  });

  it("ends what is asked of the backend in the same turn, and opens nothing for it", async () => {
    const world = new World();
    const { broker, backend, connect, close } = counted(world);
    const client = world.client({ broker, backend });
    const asked = Promise.allSettled([client.getStatus("a"), client.getResult("a"), client.abort("a")]);
    await client.close();
    await asked;
    await world.settle();
    expect(connect.mock.calls.length).toBe(close.mock.calls.length);
  });

  it("of a client whose send gave up while the driver was closing leaves the driver closed", async () => {
    const world = new World();
    const { broker, connect } = counted(world);
    let closed: () => void = () => undefined;
    const slow = wrapBroker(broker, {
      close: () => new Promise<void>((resolve) => (closed = resolve)).then(() => broker.close()),
    });
    const first = world.client({ broker: slow, backend: undefined });
    await first.send("g", "run");
    const closing = first.close();
    await world.settle();
    const second = world.client({ broker: slow, backend: undefined });
    const sending = second.send("g", "run", [], { sendTimeoutMs: 10 });
    const rejected = expect(sending).rejects.toMatchObject({ code: ErrorCode.SendMessage });
    await world.clock.advance(10);
    await rejected;
    const endOfFirst = closed;
    const closingSecond = second.close();
    await world.settle();
    endOfFirst();
    closed();
    await Promise.all([closing, closingSecond]);
    await world.settle();
    expect(connect).toHaveBeenCalledTimes(1);
  });

  it("closes a driver that is connected only after it, before anybody else connects it", async () => {
    const world = new World();
    const inner = world.broker();
    const events: string[] = [];
    let connected: () => void = () => undefined;
    const slow = wrapBroker(inner, {
      async connect() {
        events.push("connect");
        if (events.length === 1) await new Promise<void>((resolve) => (connected = resolve));
        await inner.connect();
        events.push("connected");
      },
      async close() {
        events.push("close");
        await inner.close();
      },
    });
    const first = world.client({ broker: slow, backend: undefined });
    const counting = Promise.allSettled([first.counts("g")]);
    await world.settle();
    await first.close();
    const second = world.client({ broker: slow, backend: undefined });
    const sending = second.send("g", "run");
    await world.settle();
    connected();
    await Promise.all([counting, sending]);
    await second.close();
    expect(events).toEqual(["connect", "close", "connected", "close", "connect", "connected", "close"]);
  });

  it("is one, however often it is called, and refuses what comes after it", async () => {
    const world = new World();
    const client = world.client();
    const closing = client.close();
    expect(client.close()).toBe(closing);
    await closing;
    const isClosed = { code: ErrorCode.Closed };
    await expect(client.send("g", "run")).rejects.toMatchObject(isClosed);
    await expect(client.sendMany([])).rejects.toMatchObject(isClosed);
    await expect(client.sendWorkflow([{ group: "g", name: "run" }])).rejects.toMatchObject(isClosed);
    await expect(client.getStatus("a")).rejects.toMatchObject(isClosed);
    await expect(client.abort("a")).rejects.toMatchObject(isClosed);
    await expect(client.counts("g")).rejects.toMatchObject(isClosed);
    expect(() => client.deadLetters("g")).toThrow("closed");
  });

  it("comes by itself at the end of an await using", async () => {
    const world = new World();
    const { broker, backend, close } = counted(world);
    {
      await using server = world.server({ broker, backend }).add("g", "run", () => 7);
      await server.run("g");
      await using client = server.client();
      expect(await (await client.send("g", "run")).value()).toBe(7);
    }
    expect(close.mock.calls.map(([name]) => name).sort()).toEqual(["backend", "broker"]);
  });
});

describe("drivers that several servers and clients share", () => {
  it("are opened once, and closed with the last of them", async () => {
    const world = new World();
    const { broker, backend, connect, close } = counted(world);
    const one = world.server({ broker, backend }).add("g", "run", () => 1);
    const other = world.server({ broker, backend }).add("h", "run", () => 2);
    const client = world.client({ broker, backend });
    await Promise.all([one.run("g"), other.run("h")]);
    await client.send("g", "run");
    expect(connect).toHaveBeenCalledTimes(2);
    await one.shutdown();
    await client.close();
    expect(close).not.toHaveBeenCalled();
    const late = other.client();
    expect(await (await late.send("h", "run")).value()).toBe(2);
    await other.shutdown();
    expect(close).not.toHaveBeenCalled();
    await late.close();
    expect(close).toHaveBeenCalledTimes(2);
  });

  it("are closed with the last of them, where one is of another copy of the package", async () => {
    const other = createRequire(import.meta.url)("../../dist/index.cjs") as typeof own;
    const world = new World();
    const { broker, backend, connect, close } = counted(world);
    const server = world.server({ broker, backend }).add("g", "run", () => 1);
    await server.run("g");
    const client = new other.Client({ broker, backend, logger: world.log });
    await client.send("g", "run");
    await client.close();
    expect(close).not.toHaveBeenCalled();
    await server.shutdown();
    expect([connect.mock.calls.length, close.mock.calls.length]).toEqual([2, 2]);
  });

  it("are opened again by a client that comes after the last was closed", async () => {
    const world = new World();
    const { broker, backend, connect } = counted(world);
    const first = world.client({ broker, backend });
    await first.send("g", "run");
    const closing = first.close();
    const second = world.client({ broker, backend });
    await second.send("g", "run");
    await closing;
    await second.send("g", "run");
    expect(await second.counts("g")).toMatchObject({ waiting: 3 });
    expect(connect).toHaveBeenCalledTimes(4);
    await second.close();
  });

  it("are left alone by those that never used them", async () => {
    const world = new World();
    const { broker, backend, close } = counted(world);
    await world.client({ broker, backend }).close();
    await world.server({ broker, backend }).shutdown();
    expect(close).not.toHaveBeenCalled();
  });
});
