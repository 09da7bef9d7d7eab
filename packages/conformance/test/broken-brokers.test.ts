import { describe, expect, it } from "vitest";
import { type BrokerBreak, testsOfBroker } from "./break-broker.js";
import { brokenBrokers } from "./broken-brokers.js";
import { catchesEach } from "./catches-each.js";

const never = () => new Promise<never>(() => {});

/** What is broken by hanging is given up sooner than the others. */
const hangingBoundMs = 400;

describe.concurrent("the kit on brokers", () => {
  it("passes a whole one that is wrapped as the broken ones are", async () => {
    const failures = await testsOfBroker({}, 10_000).run();
    expect(failures.size).toBeGreaterThan(50);
    expect([...failures].filter(([, failure]) => failure !== undefined)).toEqual([]);
  }, 60_000);

  catchesEach(brokenBrokers);

  it("ends for one that receives for ever and never waits, however often it is called", async () => {
    const delivery = { id: "1", body: "again", redeliveries: 0 };
    const endless: BrokerBreak = {
      subscription: () => ({
        receive: async () => [delivery],
        settle: async (settlements) => settlements.map(() => "settled"),
      }),
    };
    const failures = await testsOfBroker(endless, hangingBoundMs).run();
    expect([...failures.values()].filter((failure) => failure !== undefined).length).toBeGreaterThan(20);
  }, 60_000);

  const hanging: Record<string, BrokerBreak> = {
    connect: { broker: () => ({ connect: never }) },
    send: { broker: () => ({ send: never }) },
    subscribe: { broker: () => ({ subscribe: never }) },
    counts: { broker: () => ({ counts: never }) },
    close: { broker: () => ({ close: never }) },
    "subscription.receive": { subscription: () => ({ receive: never }) },
    "subscription.settle": { subscription: () => ({ settle: never }) },
    "subscription.close": { subscription: () => ({ close: never }) },
    "deadLetters.list": { deadLetters: () => ({ list: never }) },
    "deadLetters.find": { deadLetters: () => ({ find: never }) },
    "deadLetters.redrive": { deadLetters: () => ({ redrive: never }) },
    "deadLetters.purge": { deadLetters: () => ({ purge: never }) },
  };
  for (const [call, broken] of Object.entries(hanging))
    it(`catches one whose ${call} never settles, names the call, and does not hang`, async () => {
      const failures = await testsOfBroker(broken, hangingBoundMs).run();
      const messages = [...failures.values()].map((failure) => String(failure?.error));
      expect(messages.some((message) => message.includes(call) && message.includes("did not settle"))).toBe(
        true,
      );
    }, 60_000);
});
