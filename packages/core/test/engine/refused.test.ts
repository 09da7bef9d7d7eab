import { describe, expect, it } from "vitest";
import type { Outcome, Settlement } from "../../src/driver.js";
import { type Client, Status, withContext } from "../../src/index.js";
import { sendGoWorkflow } from "../support/go-workflow.js";
import { World } from "../support/world.js";
import { wrapSubscriptions } from "../support/wrap.js";

const tooLong = "a-group-whose-name-is-too-long";

const isRefused = (settlement: Settlement): boolean =>
  settlement.kind === "replace" &&
  settlement.by.some(({ queue, delayMs = 0 }) => queue.includes(tooLong) || delayMs > 1_000_000);

/** Sends something over a broker that takes no long name and no long delay, and waits until it is a dead letter. */
async function deadLettered(send: (client: Client) => Promise<{ id: string }>) {
  const world = new World();
  const broker = wrapSubscriptions(world.broker(), (subscription) => ({
    async settle(settlements) {
      const taken = settlements.filter((settlement) => !isRefused(settlement));
      const outcomes = [...(await subscription.settle(taken))];
      return settlements.map(
        (settlement): Outcome =>
          isRefused(settlement)
            ? { kind: "refused", error: new Error("it is too long") }
            : (outcomes.shift() ?? "unknown"),
      );
    },
  }));
  const server = world.server({ broker });
  const events: string[] = [];
  for (const event of ["succeeded", "retried", "failed", "deadLettered"] as const)
    server.on(event, () => events.push(event));
  server.addAll({
    g: {
      answer: () => 42,
      fail: withContext((context) => context.retry(new Error("busy"), { delayMs: 2_000_000 })),
    },
  });
  await server.run("g");
  const client = world.client();
  const { id } = await send(client);
  await world.until(() => events.includes("deadLettered"));
  await world.settle();
  const [letter] = await client.deadLetters("g").list();
  const { running } = await client.counts("g");
  return { result: await client.getResult(id), letter, running, events };
}

describe("what follows from a task and can never be sent", () => {
  it.each<[string, string, (client: Client) => Promise<{ id: string }>]>([
    [
      "a step for a group that the broker cannot have",
      "what follows from the task",
      (client) =>
        client.sendWorkflow([
          { group: "g", name: "answer", args: [] },
          { group: tooLong, name: "answer" },
        ]),
    ],
    [
      "a step after a delay that the broker cannot have",
      "what follows from the task",
      (client) =>
        client.sendWorkflow([
          { group: "g", name: "answer", args: [] },
          { group: "g", name: "answer", options: { runAfterMs: 2_000_000 } },
        ]),
    ],
    ["a retry after such a delay", "busy; its retry", (client) => client.send("g", "fail")],
  ])("fails it at once, with a dead letter: %s", async (_, what, send) => {
    const { result, letter, running, events } = await deadLettered(send);
    expect(result.status).toBe(Status.Failure);
    expect(result.error).toBe(`${what} cannot be sent: it is too long`);
    expect(letter).toMatchObject({ reason: "permanentFailure", taskId: result.id });
    expect(letter?.error).toBe(result.error);
    expect(running).toBe(0);
    expect(events).toEqual(["failed", "deadLettered"]);
  });

  it.each(["", "{x}", "Delay:g"])(
    "fails a task of a Go client whose next group cannot be: %j",
    async (group) => {
      const world = new World();
      await sendGoWorkflow(world, "theirs", ["g", group]);
      const server = world.server().add("g", "step", (n: number) => n + 1);
      await server.run("g");
      const client = world.client();
      const waiting = client.getResult("theirs");
      await world.clock.advance(1_000);
      const result = await waiting;
      expect([result.status, result.error]).toEqual([Status.Failure, expect.stringContaining("group")]);
      expect(await client.counts("g")).toEqual({ waiting: 0, delayed: 0, running: 0, dead: 1 });
    },
  );
});
