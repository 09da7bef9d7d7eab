import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Broker, DeadLetterReason, Settlement } from "../src/broker.js";
import { Client, Server, type TaskEvent } from "../src/index.js";
import { silentLogger } from "../src/logger.js";
import { MemoryBackend, MemoryBroker } from "../src/memory/index.js";
import { parseMessage, queueKey } from "../src/wire/index.js";
import { anyBody, cases, timeoutMs } from "./support/arbitraries.js";

const group = "fuzz";
const queue = queueKey(group);
const maxMessageBytes = 20_000;

/** A broker that tells what becomes of each delivery. */
function watched(broker: Broker, onSettled: (settlement: Settlement) => void): Broker {
  const subscribe: Broker["subscribe"] = async (name, options) => {
    const subscription = await broker.subscribe(name, options);
    return {
      receive: (limit, waitMs) => subscription.receive(limit, waitMs),
      close: () => subscription.close(),
      async settle(settlements) {
        const outcomes = await subscription.settle(settlements);
        settlements.forEach((settlement, index) => {
          if (outcomes[index] === "settled") onSettled(settlement);
        });
        return outcomes;
      },
    };
  };
  return new Proxy(broker, {
    get(target, name) {
      if (name === "subscribe") return subscribe;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

let server: Server;
let client: Client;
let broker: MemoryBroker;
let settled: Settlement[] = [];
let finished: TaskEvent[] = [];
/** Looks whether what is waited for is there. */
let look: () => void = () => {};

beforeAll(async () => {
  broker = new MemoryBroker();
  const backend = new MemoryBackend();
  const options = { backend, logger: silentLogger, maxMessageBytes };
  const onSettled = (settlement: Settlement) => {
    settled.push(settlement);
    look();
  };
  server = new Server({ ...options, broker: watched(broker, onSettled) });
  client = new Client({ ...options, broker });
  server.add(group, "known", () => "done");
  for (const event of ["succeeded", "expired", "aborted"] as const)
    server.on(event, (told) => {
      finished.push(told);
      look();
    });
  await server.run(group, { concurrency: 10 });
});
afterAll(async () => {
  await client.close();
  await server.shutdown();
});

/**
 * Resolves once so many deliveries are settled, and what was acked was told as an event. A body that is lost on the way
 * never lets it, and the test times out.
 */
const allSettled = (count: number): Promise<void> =>
  new Promise((resolve) => {
    look = () => {
      const acks = settled.filter(({ kind }) => kind === "ack").length;
      if (settled.length >= count && finished.length >= acks) resolve();
    };
    look();
  });

/** Why a body must be a dead letter; undefined where it can be read. */
function reasonAgainst(body: string): DeadLetterReason | undefined {
  if (Buffer.byteLength(body) > maxMessageBytes + 1_024) return "tooLarge";
  try {
    return parseMessage(body).id === "" ? "malformed" : undefined;
  } catch {
    return "malformed";
  }
}

it(
  "no body crashes a server or is lost: what cannot be read is a dead letter with its reason, and work goes on",
  async () => {
    const bodies = fc.array(anyBody, { minLength: 1, maxLength: 20 });
    const property = fc.asyncProperty(bodies, async (all) => {
      settled = [];
      finished = [];
      // A workflow whose next step is for this very group would be one more delivery, whatever is counted here.
      const own = all.filter((body) => !mayFollowHere(body));
      await broker.send(own.map((body) => ({ queue, body })));
      const good = await client.send(group, "known", []);
      expect(await good.value()).toBe("done");
      await allSettled(own.length + 1);

      const letters = settled.filter((one) => one.kind === "deadLetter");
      for (const body of own) {
        const reason = reasonAgainst(body);
        const settlement = settled.find(({ delivery }) => delivery.body === body);
        if (reason !== undefined) expect(settlement).toMatchObject({ kind: "deadLetter", reason });
      }
      for (const { error } of letters) expect(error).toBeTruthy();
      expect(settled.map(({ kind }) => kind)).not.toContain("release");
    });
    await fc.assert(property, cases(300, 10_000));
  },
  timeoutMs,
);

/** Whether a body's workflow has a step for this group. */
const mayFollowHere = (body: string): boolean => {
  try {
    return parseMessage(body).workflow?.some((step) => step.group === group) ?? false;
  } catch {
    return false;
  }
};
