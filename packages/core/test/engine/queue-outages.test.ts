import { describe, expect, it } from "vitest";
import type { Broker, Outgoing, Settlement } from "../../src/broker.js";
import { ErrorCode, SendManyFailed } from "../../src/index.js";
import { queueKey } from "../../src/keys.js";
import { World } from "../support/world.js";
import { never, wrapBroker, wrapSubscriptions } from "../support/wrap.js";

const sick = queueKey("sick");
const isSick = ({ queue }: Outgoing): boolean => queue === sick;

/** A broker on several servers, of which that of one queue hangs: a call answers once all of them did. */
function partlyDeaf(world: World): Broker {
  const inner = world.broker();
  return wrapBroker(inner, {
    capabilities: { ...inner.capabilities, sharded: true },
    send: (messages) => (messages.some(isSick) ? never() : inner.send(messages)),
  });
}

describe("a queue whose server hangs", () => {
  it("holds up no send of the same turn to another", async () => {
    const world = new World();
    const client = world.client({ broker: partlyDeaf(world) });
    const outcomes: string[] = [];
    const send = async (group: string) => {
      await client.send(group, "run").catch(() => outcomes.push("failed"));
      outcomes.push(group);
    };
    const sending = ["sick", "one", "other", "one"].map(send);
    await world.settle();
    expect(outcomes.sort()).toEqual(["one", "one", "other"]);
    await world.clock.advance(5_000);
    await Promise.all(sending);
  });

  it("fails no more of a sendMany than its own", async () => {
    const world = new World();
    const client = world.client({ broker: partlyDeaf(world) });
    const sending = client.sendMany(
      ["one", "sick", "other", "sick"].map((group) => ({ group, name: "run" })),
    );
    const failed = expect(sending).rejects.toSatisfy(
      (error) => SendManyFailed.isInstance(error, ErrorCode.SendMessage) && `${error.sent}` === "0,2",
    );
    await world.clock.advance(5_000);
    await failed;
  });

  it.each(["hangs", "is refused"])(
    "holds up nothing but the tasks whose next step goes there, where that %s",
    async (how) => {
      const world = new World();
      let isBroken = true;
      const goesToSick = (settlement: Settlement) =>
        settlement.kind === "replace" && settlement.by.some(isSick);
      const broker = wrapSubscriptions(world.broker(), (subscription) => ({
        async settle(settlements) {
          if (!isBroken || !settlements.some(goesToSick)) return subscription.settle(settlements);
          return how === "hangs" ? never() : settlements.map(() => "unknown");
        },
      }));
      const server = world.server({ broker }).add("g", "run", () => undefined);
      server.add("sick", "next", () => "done");
      const client = world.client();
      const first = await client.sendWorkflow([
        { group: "g", name: "run" },
        { group: "sick", name: "next" },
      ]);
      await client.sendMany(Array.from({ length: 5 }, () => ({ group: "g", name: "run" })));
      await server.run("g", { concurrency: 10 });
      await server.run("sick");
      await world.settle();
      expect(await client.counts("g")).toMatchObject({ waiting: 0, running: 1 });
      // What comes while it is tried again is settled too.
      for (let round = 0; round < 20; round++) {
        await client.send("g", "run");
        await world.clock.advance(100);
      }
      expect(await client.counts("g")).toMatchObject({ waiting: 0, running: 1 });
      isBroken = false;
      const value = first.value();
      await world.clock.advance(20_000);
      expect(await value).toBe("done");
      expect(await client.counts("g")).toMatchObject({ waiting: 0, running: 0 });
    },
  );
});
