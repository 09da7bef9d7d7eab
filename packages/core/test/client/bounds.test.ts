import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { ErrorCode, SendFailed, SendManyFailed, TimedOut, YTaskError } from "../../src/index.js";
import { World } from "../support/world.js";
import { never, withoutWatch, wrapBackend, wrapBroker } from "../support/wrap.js";

/** That a promise is open until the bound, and rejects with that code at it. */
async function endsAfter(
  world: World,
  ms: number,
  promise: Promise<unknown>,
  code: ErrorCode,
): Promise<void> {
  let outcome = "open";
  promise.then(
    () => (outcome = "resolved"),
    (error) => (outcome = YTaskError.isInstance(error, code) ? "rejected as expected" : String(error)),
  );
  await world.clock.advance(ms - 1);
  expect(outcome).toBe("open");
  await world.clock.advance(1);
  expect(outcome).toBe("rejected as expected");
}

const deafBroker = (world: World) => wrapBroker(world.broker(), { send: () => never() });
const deafBackend = (world: World) =>
  wrapBackend(world.backend(), { get: () => never(), set: () => never() });

describe("with a broker that never answers", () => {
  it("a send ends after 5 s by default, and says that the task may be stored", async () => {
    const world = new World();
    const sending = world.client({ broker: deafBroker(world) }).send("g", "run");
    await endsAfter(world, 5_000, sending, ErrorCode.SendMessage);
    await expect(sending).rejects.toThrow("within 5000 ms; it may be stored all the same");
  });

  it("a send ends at its own bound, and so does one that cannot connect", async () => {
    const world = new World();
    const client = world.client({ broker: deafBroker(world) });
    await endsAfter(world, 70, client.send("g", "run", [], { sendTimeoutMs: 70 }), ErrorCode.SendMessage);
    const cannotConnect = world.client({ broker: wrapBroker(world.broker(), { connect: () => never() }) });
    await endsAfter(
      world,
      70,
      cannotConnect.send("g", "run", [], { sendTimeoutMs: 70 }),
      ErrorCode.SendMessage,
    );
  });

  it("sendMany ends, and says that none was confirmed", async () => {
    const world = new World();
    const requests = [
      { group: "g", name: "run", args: [] },
      { group: "g", name: "run", args: [], options: { sendTimeoutMs: 9_000 } },
    ];
    const sending = world.client({ broker: deafBroker(world) }).sendMany(requests);
    await endsAfter(world, 9_000, sending, ErrorCode.SendMessage);
    await expect(sending).rejects.toMatchObject({ sent: [], failed: [0, 1] });
  });

  it("sendMany of more than are on their way at a time ends at the bound too", async () => {
    const world = new World();
    const requests = Array.from({ length: 12_000 }, () => ({ group: "g", name: "run", args: [] }));
    const sending = world.client({ broker: deafBroker(world) }).sendMany(requests);
    await endsAfter(world, 5_000, sending, ErrorCode.SendMessage);
    await expect(sending).rejects.toMatchObject({ sent: [] });
  });

  it("a close ends after 10 s", async () => {
    const world = new World();
    const broker = wrapBroker(world.broker(), { close: () => never() });
    const client = world.client({ broker });
    await client.send("g", "run");
    let isClosed = false;
    const closing = client.close().then(() => (isClosed = true));
    await world.clock.advance(9_999);
    expect(isClosed).toBe(false);
    await world.clock.advance(1);
    await closing;
    expect(world.log.saying("closing took too long")).toHaveLength(1);
  });
});

describe("with a backend that never answers", () => {
  it("a send ends once the broker has it: nobody waits for the status", async () => {
    const world = new World();
    let id = "";
    const client = world.client({ backend: deafBackend(world) });
    void client.send("g", "run").then((task) => (id = task.id));
    await world.settle();
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("a wait ends after 30 s by default, or at its own bound", async () => {
    const world = new World();
    const client = world.client({ backend: deafBackend(world) });
    await endsAfter(world, 30_000, client.getResult("a"), ErrorCode.TimeOut);
    const waiting = client.getResult("a", { timeoutMs: 70 });
    await endsAfter(world, 70, waiting, ErrorCode.TimeOut);
  });

  it("a status ends after 5 s, an abort too", async () => {
    const world = new World();
    const client = world.client({ backend: deafBackend(world) });
    await endsAfter(world, 5_000, client.getStatus("a"), ErrorCode.Backend);
    await endsAfter(world, 5_000, client.abort("a"), ErrorCode.Backend);
  });
});

describe("a wait", () => {
  it("says why it ended: nothing stored, or a backend that cannot be read", async () => {
    const world = new World();
    const backend = world.backend();
    const client = world.client({ backend });
    const first = client.getResult("a", { timeoutMs: 100 });
    const firstEnd = expect(first).rejects.toThrow(
      "within 100 ms: it is not finished yet, or nothing of it is stored",
    );
    await world.clock.advance(100);
    await firstEnd;
    backend.disconnect();
    const second = client.getResult("a", { timeoutMs: 100 });
    const secondEnd = expect(second).rejects.toSatisfy(
      (error) => TimedOut.isInstance(error) && error.message.includes("the backend could not be read"),
    );
    await world.clock.advance(100);
    await secondEnd;
  });

  it("with a timeout of 0 looks once, however long that takes", async () => {
    const world = new World();
    const server = world.server();
    server.add("g", "run", () => 7);
    const inner = world.backend();
    let answer = (): void => undefined;
    const slow = wrapBackend(inner, {
      get: async (keys) => {
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return inner.get(keys);
      },
    });
    const client = world.client({ backend: slow });
    const task = await client.send("g", "run");
    const tooEarly = expect(task.result({ timeoutMs: 0 })).rejects.toThrow("within 0 ms: it is not finished");
    await world.clock.advance(500);
    answer();
    await tooEarly;
    await server.run("g");
    await world.clock.advance(100);
    const value = task.value({ timeoutMs: 0 });
    await world.clock.advance(500);
    answer();
    expect(await value).toBe(7);
    await server.shutdown();
  });

  it("goes on over an outage of the backend, and finds the result", async () => {
    const world = new World();
    const backend = world.backend();
    const client = world.client({ backend });
    const task = await client.send("g", "run");
    backend.disconnect();
    const value = task.value();
    await world.clock.advance(2_000);
    await world
      .server()
      .add("g", "run", () => 7)
      .run("g");
    await world.settle();
    backend.reconnect();
    await world.clock.advance(300);
    expect(await value).toBe(7);
  });

  it("finds the result by looking, where the backend cannot wake it", async () => {
    const world = new World();
    const backend = withoutWatch(world.backend());
    const task = await world.client({ backend }).send("g", "run");
    const value = task.value({ pollIntervalMs: 100 });
    await world.clock.advance(5_000);
    await world
      .server()
      .add("g", "run", () => 7)
      .run("g");
    await world.settle();
    await world.clock.advance(100);
    expect(await value).toBe(7);
  });

  it("of many that the backend wakes looks less often, so that all together read no more than a bound allows", async () => {
    const world = new World();
    const inner = world.backend();
    let reads = 0;
    const backend = wrapBackend(inner, {
      get(keys) {
        reads += keys.length;
        return inner.get(keys);
      },
    });
    const client = world.client({ backend });
    const count = 200;
    const waits = Array.from({ length: count }, (_, n) => client.getResult(`${n}`, { pollIntervalMs: 1 }));
    const ended = Promise.allSettled(waits);
    await world.clock.advance(10);
    reads = 0;
    await world.clock.advance(50);
    expect(reads).toBeGreaterThan(0);
    // Five a millisecond, twice as many where chance wants it; and each may have been about to read when the count began.
    expect(reads).toBeLessThanOrEqual(5 * 2 * 50 + count);
    await client.close();
    await ended;
  });

  it("ends with the reason of its signal, and with the client", async () => {
    const world = new World();
    const client = world.client();
    const controller = new AbortController();
    const bySignal = client.getResult("a", { signal: controller.signal });
    const byClose = client.getResult("a");
    const ends = [
      expect(bySignal).rejects.toThrow("enough"),
      expect(byClose).rejects.toSatisfy((error) => YTaskError.isInstance(error, ErrorCode.Closed)),
    ];
    await world.settle();
    controller.abort(new Error("enough"));
    await world.settle();
    await client.close();
    await Promise.all(ends);
    await expect(client.getResult("a")).rejects.toMatchObject({ code: ErrorCode.Closed });
  });

  it("may be one of many: nothing warns of a leak", async () => {
    const world = new World();
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on("warning", note);
    const client = world.client();
    const waits = Array.from({ length: 50 }, (_, n) => client.getResult(`${n}`));
    const ended = Promise.allSettled(waits);
    await world.settle();
    await client.close();
    await ended;
    process.off("warning", note);
    expect(warnings).toEqual([]);
  });

  it("may be one of many with the same signal, which gets one listener", async () => {
    const world = new World();
    const client = world.client();
    const controller = new AbortController();
    const { signal } = controller;
    const waits = Array.from({ length: 50 }, (_, n) => client.getResult(`${n}`, { signal }));
    const ended = Promise.allSettled(waits);
    await world.settle();
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    controller.abort(new Error("enough"));
    for (const outcome of await ended)
      expect(outcome).toMatchObject({ status: "rejected", reason: { message: "enough" } });
  });
});

describe("sendMany", () => {
  it("takes more tasks than a call can have arguments", async () => {
    const world = new World();
    const client = world.client({ backend: undefined });
    const count = 150_000;
    await client.sendMany(Array.from({ length: count }, () => ({ group: "g", name: "run", args: [] })));
    expect(await client.counts("g")).toMatchObject({ waiting: count });
  });
});

describe("a send that the broker refuses in part", () => {
  const refusing = (world: World) =>
    wrapBroker(world.broker(), {
      send: () => Promise.reject(new SendFailed("the disk is full", { notStored: [1], unknown: [3] })),
    });
  const requests = Array.from({ length: 4 }, () => ({ group: "g", name: "run", args: [] }));

  it("throws from sendMany which tasks are sent and which are not", async () => {
    const world = new World();
    const sending = world.client({ broker: refusing(world) }).sendMany(requests);
    await expect(sending).rejects.toSatisfy(
      (error) =>
        SendManyFailed.isInstance(error) &&
        error.message.includes(
          "2 of 4 tasks were not confirmed: the task could not be sent: the broker did not take it",
        ),
    );
    await expect(sending).rejects.toMatchObject({
      sent: [0, 2],
      failed: [1, 3],
      code: ErrorCode.SendMessage,
    });
  });

  it("rejects only the sends of the turn that were refused", async () => {
    const world = new World();
    const client = world.client({ broker: refusing(world) });
    const outcomes = await Promise.allSettled(requests.map(() => client.send("g", "run")));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected"]);
    const messages = outcomes.map((outcome) => (outcome.status === "rejected" ? String(outcome.reason) : ""));
    expect(messages[1]).toContain("the broker did not take it: the disk is full");
    expect(messages[3]).toContain("it was not confirmed, and may be stored: the disk is full");
  });
});
