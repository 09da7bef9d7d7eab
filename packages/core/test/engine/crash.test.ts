import { describe, expect, it } from "vitest";
import type { Outgoing, Settlement } from "../../src/broker.js";
import { PermanentError, type Server, Status, withContext } from "../../src/index.js";
import type { MemoryBroker } from "../../src/memory/index.js";
import { sendGoWorkflow } from "../support/go-workflow.js";
import { World } from "../support/world.js";
import { never, wrapBackend, wrapSubscriptions } from "../support/wrap.js";

/** Where the first server dies: nothing that it would do from there on happens. */
type CrashPoint =
  | "after it received"
  | "before it stores the result"
  | "before it settles"
  | "after it sent what replaces the message";

/** A server that dies at a point: its broker is cut off there, and the call never answered. */
function dyingServer(world: World, point: CrashPoint): Server {
  const broker = world.broker();
  const backend = world.backend();
  const die = <T>(): Promise<T> => {
    broker.disconnect();
    backend.disconnect();
    return never<T>();
  };
  return world.server({
    broker: wrapSubscriptions(broker, (subscription) => ({
      async receive(limit, waitMs) {
        const deliveries = await subscription.receive(limit, waitMs);
        return point === "after it received" && deliveries.length > 0 ? die() : deliveries;
      },
      async settle(settlements) {
        if (point === "before it settles") return die();
        if (point === "after it sent what replaces the message") {
          await sendReplacements(broker, settlements);
          return die();
        }
        return subscription.settle(settlements);
      },
    })),
    backend: wrapBackend(backend, {
      async set(entries) {
        const isResult = entries.some(({ value }) => value.includes('"FuncReturn":['));
        return point === "before it stores the result" && isResult ? die() : backend.set(entries);
      },
    }),
  });
}

/** What a broker without an atomic replace does first. */
const sendReplacements = (broker: MemoryBroker, settlements: readonly Settlement[]): Promise<void> =>
  broker.send(
    settlements.flatMap((settlement): readonly Outgoing[] =>
      settlement.kind === "replace" ? settlement.by : [],
    ),
  );

describe("a server that dies in the middle of a task", () => {
  const runsAfter: [CrashPoint, string[]][] = [
    ["after it received", ["second"]],
    ["before it stores the result", ["first", "second"]],
    ["before it settles", ["first"]],
  ];
  it.each(runsAfter)("%s: it ran on %j, and its result is the last of these", async (point, expected) => {
    const world = new World();
    const ran: string[] = [];
    const run = (name: string) => () => {
      ran.push(name);
      return name;
    };
    const first = dyingServer(world, point).add("g", "run", run("first"));
    await first.run("g");
    const client = world.client();
    const task = await client.send("g", "run");
    await world.settle();
    const second = world.server().add("g", "run", run("second"));
    await second.run("g");
    await world.clock.advance(world.leaseMs);
    expect(ran).toEqual(expected);
    expect(await task.value()).toBe(expected.at(-1));
    expect(await client.counts("g")).toEqual({ waiting: 0, delayed: 0, running: 0, dead: 0 });
  });

  it("before it settles a failure: the next server makes the dead letter, with its reason, and does not run it", async () => {
    const world = new World();
    let runs = 0;
    const fail = () => {
      runs++;
      throw new PermanentError("no such order");
    };
    await dyingServer(world, "before it settles").add("g", "fail", fail).run("g");
    const client = world.client();
    await client.send("g", "fail");
    await world.settle();
    const told: unknown[] = [];
    const next = world.server().add("g", "fail", fail);
    next.on("failed", ({ error }) => told.push(["failed", (error as Error).message]));
    next.on("deadLettered", ({ reason }) => told.push(["deadLettered", reason]));
    await next.run("g");
    await world.clock.advance(world.leaseMs);
    expect(runs).toBe(1);
    expect(told).toEqual([
      ["failed", "no such order"],
      ["deadLettered", "permanentFailure"],
    ]);
    const letters = await client.deadLetters("g").list();
    expect(letters).toMatchObject([{ reason: "permanentFailure", error: "no such order" }]);
  });

  it("before it settles a last failure: the dead letter's reason is that the retries are used up", async () => {
    const world = new World();
    const fail = () => {
      throw new Error("broken");
    };
    await dyingServer(world, "before it settles").add("g", "fail", fail).run("g");
    const client = world.client();
    await client.send("g", "fail", [], { retryCount: 0 });
    await world.settle();
    await world.server().add("g", "fail", fail).run("g");
    await world.clock.advance(world.leaseMs);
    expect(await client.deadLetters("g").list()).toMatchObject([{ reason: "retriesExhausted" }]);
  });

  it("before it sends a retry: the attempt is made again, and no retry is lost or gained", async () => {
    const world = new World();
    const attempts: number[] = [];
    const fail = withContext((context) => {
      attempts.push(context.attempt);
      throw new Error("broken");
    });
    await dyingServer(world, "before it settles").add("g", "fail", fail, { backoff: false }).run("g");
    const client = world.client();
    const task = await client.send("g", "fail", [], { retryCount: 1 });
    await world.settle();
    await world.server().add("g", "fail", fail, { backoff: false }).run("g");
    await world.clock.advance(world.leaseMs);
    expect(attempts).toEqual([1, 1, 2]);
    expect((await task.result()).retryCount).toBe(1);
  });
});

describe("a server that dies in the middle of a workflow", () => {
  const steps = [
    { group: "g", name: "first", args: [1] },
    { group: "g", name: "second" },
    { group: "g", name: "third" },
  ] as const;
  function addSteps(server: Server, ran: string[]): Server {
    for (const name of ["first", "second", "third"])
      server.add("g", name, (n: number) => {
        ran.push(name);
        return n + 1;
      });
    return server;
  }

  it("before it sends the next step: that is sent by the next server, and no step runs twice", async () => {
    const world = new World();
    const ran: string[] = [];
    await addSteps(dyingServer(world, "before it settles"), ran).run("g");
    const task = await world.client().sendWorkflow(steps);
    await world.settle();
    expect(ran).toEqual(["first"]);
    await addSteps(world.server(), ran).run("g");
    await world.clock.advance(world.leaseMs);
    expect(await task.value()).toBe(4);
    expect(ran).toEqual(["first", "second", "third"]);
  });

  it("after it sent the next step, which started: the message that comes again sends nothing", async () => {
    const world = new World();
    const ran: string[] = [];
    await addSteps(dyingServer(world, "after it sent what replaces the message"), ran).run("g");
    const client = world.client();
    const task = await client.sendWorkflow(steps);
    await world.settle();
    await addSteps(world.server(), ran).run("g");
    expect(await task.value()).toBe(4);
    await world.clock.advance(world.leaseMs);
    expect(ran).toEqual(["first", "second", "third"]);
    expect(await client.counts("g")).toEqual({ waiting: 0, delayed: 0, running: 0, dead: 0 });
  });

  it("before it stores the step's result: the step runs again, and none is skipped", async () => {
    const world = new World();
    const ran: string[] = [];
    await addSteps(dyingServer(world, "before it stores the result"), ran).run("g");
    const task = await world.client().sendWorkflow(steps);
    await world.settle();
    await addSteps(world.server(), ran).run("g");
    await world.clock.advance(world.leaseMs);
    expect(await task.value()).toBe(4);
    expect(ran).toEqual(["first", "first", "second", "third"]);
  });
});

describe("a redriven task", () => {
  it.each([
    ["is replaced", false],
    ["is still stored", true],
  ])("whose old result %s runs, however often its message comes", async (_, isKept) => {
    const world = new World();
    let works = false;
    const ran: string[] = [];
    const task = () => {
      ran.push(works ? "works" : "fails");
      if (!works) throw new PermanentError("not now");
      return "done";
    };
    const first = world.server().add("g", "run", task);
    await first.run("g");
    const client = world.client();
    const handle = await client.send("g", "run");
    const failed = await handle.result();
    await world.settle();
    await first.shutdown();
    works = true;
    // A client without a backend leaves the old result as it is: it is another execution's, and says nothing.
    await (isKept ? world.client({ backend: undefined }) : client).deadLetters("g").redrive();
    // Dies before it runs: the message comes again, and its stored result is looked at.
    await dyingServer(world, "after it received").add("g", "run", task).run("g");
    await world.settle();
    await world.server().add("g", "run", task).run("g");
    await world.clock.advance(world.leaseMs);
    expect(ran).toEqual(["fails", "works"]);
    const result = await handle.result();
    expect(failed.executionId).toBeUndefined();
    if (!isKept) expect([result.status, typeof result.executionId]).toEqual([Status.Success, "string"]);
  });
});

describe("a server that dies over a workflow of a Go client, which does not number its steps", () => {
  /** Sends it to group g, has a server die before it settles the first step, and tells what others ran then. */
  async function ranAfterwards(groups: readonly [string, ...string[]]) {
    const world = new World();
    await sendGoWorkflow(world, "theirs", groups);
    await dyingServer(world, "before it settles")
      .add("g", "step", (n: number) => n + 1)
      .run("g");
    await world.settle();
    const ran: string[] = [];
    const server = world.server();
    for (const group of ["g", "h"]) {
      server.add(group, "step", (n: number) => {
        ran.push(`${group} ${n}`);
        return n + 1;
      });
      await server.run(group);
    }
    await world.clock.advance(world.leaseMs);
    return { ran, result: await world.client().getResult("theirs") };
  }

  it.each<[string, [string, ...string[]], string[]]>([
    ["of two groups", ["g", "h"], ["h 2"]],
    ["of one group", ["g", "g"], ["g 2"]],
    ["of three", ["g", "h", "g"], ["h 2", "g 3"]],
  ])("%s, each step the same task: every other step runs once", async (_, groups, expected) => {
    const { ran, result } = await ranAfterwards(groups);
    expect(ran).toEqual(expected);
    expect(result.get(0)).toBe(groups.length + 1);
    expect(result.workflow.map(({ status }) => status)).toEqual(groups.map(() => "success"));
  });
});
