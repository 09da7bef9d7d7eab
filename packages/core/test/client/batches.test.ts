import { expect, it } from "vitest";
import type { BrokerCapabilities } from "../../src/broker.js";
import { type Client, ErrorCode } from "../../src/index.js";
import { World } from "../support/world.js";
import { wrapBroker } from "../support/wrap.js";

/** A connected client, and how many messages each call to its broker had. */
async function counted(
  capabilities: Partial<BrokerCapabilities> = {},
): Promise<{ client: Client; calls: number[] }> {
  const world = new World();
  const inner = world.broker();
  const calls: number[] = [];
  const send: typeof inner.send = (messages) => {
    calls.push(messages.length);
    return inner.send(messages);
  };
  const client = world.client({
    broker: wrapBroker(inner, { send, capabilities: { ...inner.capabilities, ...capabilities } }),
  });
  await client.send("g", "first");
  calls.length = 0;
  return { client, calls };
}

const sends = (client: Client, count: number): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, () => client.send("g", "run")));

it("the sends of one turn are one call to the broker", async () => {
  const { client, calls } = await counted();
  await sends(client, 40);
  expect(calls).toEqual([40]);
});

it.each([
  [false, [5, 5]],
  [true, [3, 1, 1, 3, 1, 1]],
])(
  "sends to several groups are a call for each if their queues are on several servers: %s",
  async (sharded, expected) => {
    const { client, calls } = await counted({ sharded });
    const requests = ["a", "b", "a", "c", "a"].map((group) => ({ group, name: "run" }));
    await Promise.all(requests.map(({ group, name }) => client.send(group, name)));
    await client.sendMany(requests);
    expect(calls).toEqual(expected);
  },
);

it("of many sends in one turn the first are on their way before the turn ends", async () => {
  const { client, calls } = await counted();
  const sending = sends(client, 120);
  expect(calls).toEqual([50, 50]);
  await sending;
  expect(calls).toEqual([50, 50, 20]);
});

it("a broker may name another number of single sends for a call", async () => {
  const { client, calls } = await counted({ sendBatchSize: 10 });
  await sends(client, 25);
  expect(calls).toEqual([10, 10, 5]);
});

it("sendMany makes few calls, the first before the last messages are written", async () => {
  const { client, calls } = await counted();
  await client.sendMany(Array.from({ length: 400 }, () => ({ group: "g", name: "run" })));
  expect(calls).toEqual([170, 170, 60]);
});

it("sendMany has ten thousand messages on their way at a time, and no more", async () => {
  let underWay = 0;
  let most = 0;
  const world = new World();
  const inner = world.broker();
  const broker = wrapBroker(inner, {
    async send(messages) {
      underWay += messages.length;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= messages.length;
      return inner.send(messages);
    },
  });
  const client = world.client({ broker });
  await client.sendMany(Array.from({ length: 30_000 }, () => ({ group: "g", name: "run" })));
  expect(most).toBeGreaterThan(9_500);
  expect(most).toBeLessThanOrEqual(10_000);
});

it("sendMany sends nothing where one message is too large, be it the last, and however it grows when it is written", async () => {
  const { client, calls } = await counted();
  const small = Array.from({ length: 400 }, () => ({ group: "g", name: "run" }));
  for (const text of ["x".repeat(1_100_000), "<".repeat(200_000), "\u20ac".repeat(400_000)])
    await expect(
      client.sendMany([...small, { group: "g", name: "run", args: [text] }]),
    ).rejects.toMatchObject({
      code: ErrorCode.TooLarge,
    });
  expect(calls).toEqual([]);
  await client.sendMany([{ group: "g", name: "run", args: ["x".repeat(1_000_000)] }]);
  expect(calls).toEqual([1]);
});
