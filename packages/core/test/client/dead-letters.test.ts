import { describe, expect, it } from "vitest";
import type { Letter } from "../../src/broker.js";
import { type Client, ErrorCode, PermanentError, Status, YTaskError } from "../../src/index.js";
import { refusal, untyped } from "../support/bad-input.js";
import { World } from "../support/world.js";
import { wrapBackend, wrapBroker } from "../support/wrap.js";

/** A task that failed for good, and its dead letter. */
async function deadTask(world: World) {
  const server = world.server().add("g", "refuse", () => {
    throw new PermanentError("never");
  });
  await server.run("g");
  const client = world.client();
  const task = await client.send("g", "refuse");
  await world.settle();
  await server.shutdown();
  return { client, task };
}

/** Tasks that failed for good, and their dead letters. */
async function deadTasks(world: World, count: number): Promise<Client> {
  const server = world.server().add("g", "refuse", () => {
    throw new PermanentError("never");
  });
  await server.run("g", { concurrency: 500 });
  const client = world.client();
  await client.sendMany(Array.from({ length: count }, () => ({ group: "g", name: "refuse", args: [] })));
  let dead = 0;
  server.on("failed", () => dead++);
  await world.until(() => dead === count);
  await server.shutdown();
  return client;
}

describe("redrive", () => {
  it.each([
    ["without an expiry that has passed", 120_000, Status.Success],
    ["with an expiry that has not passed", 30_000, Status.Expired],
  ])("sends a task again %s", async (_, passesMs, status) => {
    const world = new World();
    let isMended = false;
    const run = () => {
      if (!isMended) throw new PermanentError("not yet");
    };
    const first = world.server().add("g", "run", run);
    await first.run("g");
    const client = world.client();
    const task = await client.send("g", "run", [], { expireAfterMs: 60_000 });
    expect((await task.result()).status).toBe(Status.Failure);
    await first.shutdown();
    isMended = true;
    await world.clock.advance(passesMs);
    expect(await client.deadLetters("g").redrive()).toBe(1);
    await world.clock.advance(60_000);
    await world.server().add("g", "run", run).run("g");
    expect((await task.result()).status).toBe(status);
  });

  it("sends nothing again where the old result cannot be replaced", async () => {
    const world = new World();
    const { client, task } = await deadTask(world);
    const backend = world.backend();
    const other = world.client({ backend });
    await other.getStatus(task.id);
    backend.disconnect();
    await expect(other.deadLetters("g").redrive()).rejects.toMatchObject({ code: ErrorCode.Backend });
    expect(await client.deadLetters("g").list()).toHaveLength(1);
    expect(await task.status()).toBe(Status.Failure);
  });

  it("leaves the result of a task that somebody else sent again meanwhile", async () => {
    const world = new World();
    const { client, task } = await deadTask(world);
    const broker = world.broker();
    const slow = wrapBroker(broker, {
      deadLetters: (queue) => {
        const letters = broker.deadLetters(queue);
        return {
          redrive: (ids, rewrite) => letters.redrive(ids, rewrite),
          purge: () => letters.purge(),
          async list(options) {
            const listed = await letters.list(options);
            await client.deadLetters("g").redrive();
            const server = world.server().add("g", "refuse", () => "now it can");
            await server.run("g");
            expect(await task.value()).toBe("now it can");
            return listed;
          },
        };
      },
    });
    expect(await world.client({ broker: slow }).deadLetters("g").redrive()).toBe(0);
    expect(await task.value()).toBe("now it can");
  });

  it("leaves it too where somebody else is done before its own first write arrives", async () => {
    const world = new World();
    const { client, task } = await deadTask(world);
    const backend = world.backend();
    let isFirst = true;
    const slow = wrapBackend(backend, {
      async set(entries) {
        if (isFirst) {
          isFirst = false;
          await client.deadLetters("g").redrive();
          const server = world.server().add("g", "refuse", () => "now it can");
          await server.run("g");
          expect(await task.value()).toBe("now it can");
        }
        return backend.set(entries);
      },
    });
    expect(await world.client({ backend: slow }).deadLetters("g").redrive()).toBe(0);
    expect(await task.value()).toBe("now it can");
  });

  it("may be called again a second after it failed", async () => {
    const world = new World();
    const { client } = await deadTask(world);
    const broker = world.broker();
    let failures = 0;
    const failing = wrapBroker(broker, {
      deadLetters: (queue) =>
        Object.assign(broker.deadLetters(queue), {
          redrive: async () => {
            failures++;
            throw new YTaskError(ErrorCode.ServerFull, "no room");
          },
        }),
    });
    await expect(world.client({ broker: failing }).deadLetters("g").redrive()).rejects.toThrow("no room");
    expect(failures).toBe(1);
    await world.clock.advance(1_000);
    expect(await client.deadLetters("g").redrive()).toBe(1);
  });

  it("leaves letters to a call that broke off, for a minute: where it comes late, their new results stand", async () => {
    const world = new World();
    const { client, task } = await deadTask(world);
    const broker = world.broker();
    let comeLate = async (): Promise<number> => 0;
    const breakingOff = wrapBroker(broker, {
      deadLetters: (queue) => {
        const letters = broker.deadLetters(queue);
        return {
          list: (options) => letters.list(options),
          purge: () => letters.purge(),
          redrive: async (ids, rewrite) => {
            comeLate = () => letters.redrive(ids, rewrite);
            throw new YTaskError(ErrorCode.Connection, "broke off");
          },
        };
      },
    });
    const first = world.client({ broker: breakingOff }).deadLetters("g");
    await expect(first.redrive()).rejects.toThrow("broke off");
    await world.clock.advance(10_000);
    expect(await client.deadLetters("g").redrive()).toBe(0);
    expect(await comeLate()).toBe(1);
    await world
      .server()
      .add("g", "refuse", () => "now it can")
      .run("g");
    expect(await task.value()).toBe("now it can");
  });

  it("may be called again a minute after it broke off", async () => {
    const world = new World();
    const { client } = await deadTask(world);
    const broker = world.broker();
    const breakingOff = wrapBroker(broker, {
      deadLetters: (queue) =>
        Object.assign(broker.deadLetters(queue), {
          redrive: async () => {
            throw new YTaskError(ErrorCode.Connection, "broke off");
          },
        }),
    });
    await expect(world.client({ broker: breakingOff }).deadLetters("g").redrive()).rejects.toThrow();
    await world.clock.advance(60_000);
    expect(await client.deadLetters("g").redrive()).toBe(1);
  });

  it.each(["all", "of their ids"])(
    "of large letters over a slow line sends %s, each page in time for its bound",
    async (which) => {
      const world = new World();
      const broker = world.broker();
      const count = 100;
      const client = await deadTasks(world, count);
      const ids = (await client.deadLetters("g").list({ limit: count })).map(({ id }) => id);
      // A letter takes a second to be read, and two to be sent: read once more and written.
      const transfer = async (letters: number, msEach: number) => {
        await new Promise<void>((resolve) => world.clock.after(letters * msEach, resolve));
      };
      const slow = wrapBroker(broker, {
        deadLetters: (queue) => {
          const letters = broker.deadLetters(queue);
          const measured = async (call: Promise<readonly Letter[]>) => {
            const found = await call;
            await transfer(found.length, 1_000);
            return found;
          };
          return {
            list: (options) => measured(letters.list(options)),
            find: (some) => measured(letters.find?.(some) ?? Promise.resolve([])),
            purge: () => letters.purge(),
            async redrive(some = [], rewrite) {
              await transfer(some.length, 2_000);
              return letters.redrive(some, rewrite);
            },
          };
        },
      });
      const box = world.client({ broker: slow }).deadLetters("g");
      const redriving = which === "all" ? box.redrive() : box.redrive(ids);
      await Promise.all([redriving, world.clock.advance(3_600_000)]);
      expect(await redriving).toBe(count);
    },
  );

  it("passes over ids that are gone, and takes only those that it was given", async () => {
    const world = new World();
    const { client } = await deadTask(world);
    expect(await client.deadLetters("g").redrive(["gone"])).toBe(0);
    expect(await client.deadLetters("g").redrive([])).toBe(0);
    expect(await client.deadLetters("g").list()).toHaveLength(1);
  });

  it("finds letters however many are before them", async () => {
    const world = new World();
    const count = 3_000;
    const client = await deadTasks(world, count);
    const letters = await client.deadLetters("g").list({ limit: count });
    const wanted = [letters[0], letters[1_500], letters.at(-1)].flatMap((letter) => letter?.id ?? []);
    expect(await client.deadLetters("g").redrive(wanted)).toBe(3);
    expect(await client.counts("g")).toMatchObject({ waiting: 3, dead: count - 3 });
  });

  it("sends what cannot be read as it is: it comes back as a dead letter", async () => {
    const world = new World();
    const broker = world.broker();
    await broker.connect();
    await broker.send([{ queue: "YTask:Queue:g", body: "{" }]);
    await world
      .server()
      .add("g", "run", () => {})
      .run("g");
    await world.settle();
    const letters = world.client().deadLetters("g");
    const [first] = await letters.list();
    expect(await letters.redrive()).toBe(1);
    await world.settle();
    const [second] = await letters.list();
    expect([second?.reason, second?.body]).toEqual(["malformed", "{"]);
    expect(second?.id).not.toBe(first?.id);
  });

  it("of all letters takes each once, where they come back under their ids and the broker cannot count them", async () => {
    const world = new World();
    const at = new Date(world.clock.now());
    const letters = ["a", "b"].map((id) => ({ id, body: "{", reason: "malformed" as const, at }));
    const redriven: string[] = [];
    const broker = wrapBroker(world.broker(), {
      counts: async () => ({ waiting: undefined, delayed: undefined, running: undefined, dead: undefined }),
      deadLetters: () => ({
        list: async () => (redriven.length < 10 ? letters : []),
        redrive: async (ids = []) => {
          redriven.push(...ids);
          return ids.length;
        },
        purge: async () => 0,
      }),
    });
    expect(await world.client({ broker }).deadLetters("g").redrive()).toBe(2);
    expect(redriven).toEqual(["a", "b"]);
  });

  it("of all letters takes each once, however fast they come back dead", async () => {
    const world = new World();
    const server = world.server().add("g", "refuse", () => {
      throw new PermanentError("never");
    });
    await server.run("g", { concurrency: 50 });
    const client = world.client();
    const requests = Array.from({ length: 1_200 }, () => ({ group: "g", name: "refuse", args: [] }));
    let dead = 0;
    server.on("deadLettered", () => ++dead);
    await client.sendMany(requests);
    await world.until(() => dead === 1_200);
    expect(await client.deadLetters("g").redrive()).toBe(1_200);
    await world.until(() => dead === 2_400);
    expect(await client.counts("g")).toEqual({ waiting: 0, delayed: 0, running: 0, dead: 1_200 });
  });
});

describe("purge", () => {
  it.each([[["x"]], [undefined], [{}]])(
    "refuses %o, and deletes nothing: it deletes all or none",
    async (argument) => {
      const { client } = await deadTask(new World());
      const letters = client.deadLetters("g");
      await expect(letters.purge(untyped(argument))).rejects.toThrow(
        refusal("deadLetters.purge", "no argument", "redrive takes ids"),
      );
      expect(await letters.list()).toHaveLength(1);
      expect(await letters.purge()).toBe(1);
    },
  );
});
