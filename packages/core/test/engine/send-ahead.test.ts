import { expect, it } from "vitest";
import { SendAhead } from "../../src/engine/send-ahead.js";
import { ManualClock } from "../../src/memory/index.js";
import { World } from "../support/world.js";
import { never, wrapBroker, wrapSubscriptions } from "../support/wrap.js";

/** A server on a broker that sends ahead, and what the broker was told of that. */
async function serverThatIsSentAhead(concurrency: number) {
  const world = new World();
  const told: number[] = [];
  const most: number[] = [];
  const inner = wrapSubscriptions(world.broker(), () => ({ sendAhead: (count) => void told.push(count) }));
  const broker = wrapBroker(inner, {
    capabilities: { ...inner.capabilities, sendsAhead: true },
    subscribe(queue, options) {
      most.push(options.maxUnsettled);
      return inner.subscribe(queue, options);
    },
  });
  const server = world.server({ broker });
  let ended = 0;
  server.add("g", "short", () => void ended++);
  server.add("g", "long", async () => {
    await new Promise<void>((resolve) => world.clock.after(60_000, resolve));
    ended++;
  });
  await server.run("g", { concurrency });
  const client = world.client();
  const run = async (name: string, count: number, text = "") => {
    ended = 0;
    await client.sendMany(Array.from({ length: count }, () => ({ group: "g", name, args: [text] })));
    while (ended < count) await world.clock.advance(1_000);
  };
  return { told, most, run };
}

it("a broker that sends ahead sends no more than run, until tasks are seen to be short", async () => {
  const { told, most, run } = await serverThatIsSentAhead(10);
  expect(most).toEqual([10]);
  await run("short", 40);
  expect(told).toEqual([]);
  await run("short", 40);
  expect(told).toEqual([500]);
});

it("and no more than fit in 16 MB, however short they are", async () => {
  const { told, run } = await serverThatIsSentAhead(10);
  await run("short", 100, "x".repeat(1_000_000));
  expect(told).toHaveLength(1);
  expect(told[0]).toBeGreaterThanOrEqual(16);
  expect(told[0]).toBeLessThan(20);
});

it("and once they are long, no more than run again", async () => {
  const { told, run } = await serverThatIsSentAhead(10);
  await run("short", 100);
  await run("long", 10);
  expect(told[0]).toBe(500);
  expect(told.at(-1)).toBe(0);
});

it("where durations vary, the broker is told of more only a second after it was told of less", async () => {
  const told: number[] = [];
  const clock = new ManualClock();
  const sendAhead = new SendAhead(
    { receive: never, settle: never, close: never, sendAhead: (count) => void told.push(count) },
    clock,
  );
  const vary = () => {
    for (const wanted of [400, 10]) sendAhead.update(wanted);
  };
  vary();
  expect(told).toEqual([400, 10]);
  await clock.advance(999);
  vary();
  expect(told).toEqual([400, 10]);
  await clock.advance(1);
  vary();
  expect(told).toEqual([400, 10, 400, 10]);
});
