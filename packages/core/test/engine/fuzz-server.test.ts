import fc from "fast-check";
import { expect, it } from "vitest";
import type { Broker, DeadLetterReason, Settlement } from "../../src/broker.js";
import { Client, Server } from "../../src/index.js";
import { silentLogger } from "../../src/log/logger.js";
import { MemoryBackend, MemoryBroker } from "../../src/memory/index.js";
import { parseMessage, queueKey } from "../../src/wire/index.js";
import { anyBody, cases, timeoutMs } from "../support/arbitraries.js";

const group = "fuzz";
const queue = queueKey(group);
const maxMessageBytes = 20_000;

it(
  "no body crashes a server or is lost: what cannot be read is a dead letter with its reason, and work goes on",
  async () => {
    const bodies = fc.array(anyBody, { minLength: 1, maxLength: 20 });
    const property = fc.asyncProperty(bodies, async (all) => {
      const { settled, good } = await serve(all);
      expect(good).toBe("done");
      for (const body of all) {
        const settlement = settled.find(({ delivery }) => delivery.body === body);
        const reason = reasonAgainst(body);
        expect(settlement).toMatchObject(reason === undefined ? {} : { kind: "deadLetter", reason });
        if (settlement?.kind === "deadLetter") expect(settlement.error).toBeTruthy();
      }
    });
    await fc.assert(property, cases(200, 10_000));
  },
  timeoutMs,
);

/**
 * Has a server work on the bodies, and then on a good task, until each is settled, and each ack was told as an event.
 * One that is lost never lets it end, and the test times out.
 */
async function serve(bodies: readonly string[]) {
  const broker = new MemoryBroker();
  const settled: Settlement[] = [];
  let finished = 0;
  let look = (): void => {};
  const onSettled = (settlement: Settlement) => {
    settled.push(settlement);
    look();
  };
  const options = { backend: new MemoryBackend(), logger: silentLogger, maxMessageBytes };
  await using server = new Server({ ...options, broker: telling(broker, onSettled) });
  await using client = new Client({ ...options, broker });
  server.add(group, "known", () => "done");
  for (const event of ["succeeded", "expired", "aborted"] as const)
    server.on(event, () => {
      finished++;
      look();
    });
  await broker.connect();
  await broker.send(bodies.map((body) => ({ queue, body })));
  await server.run(group, { concurrency: 10 });
  const good = await (await client.send(group, "known", [])).value();
  const isOne = new Set(bodies);
  await new Promise<void>((resolve) => {
    look = () => {
      const own = settled.filter(({ delivery }) => isOne.has(delivery.body)).length;
      const acks = settled.filter(({ kind }) => kind === "ack").length;
      if (own >= bodies.length && finished >= acks) resolve();
    };
    look();
  });
  return { settled, good };
}

/** Why a body must be a dead letter; undefined where it can be read. */
function reasonAgainst(body: string): DeadLetterReason | undefined {
  if (Buffer.byteLength(body) > maxMessageBytes + 1_024) return "tooLarge";
  try {
    return parseMessage(body).id === "" ? "malformed" : undefined;
  } catch {
    return "malformed";
  }
}

/** A broker that tells what becomes of each delivery. */
function telling(broker: MemoryBroker, onSettled: (settlement: Settlement) => void): Broker {
  return {
    capabilities: broker.capabilities,
    connect: () => broker.connect(),
    send: (messages) => broker.send(messages),
    deadLetters: (name) => broker.deadLetters(name),
    counts: (name) => broker.counts(name),
    close: () => broker.close(),
    async subscribe(name, options) {
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
    },
  };
}
