import type { Settlement } from "@ytask/core/driver";
import {
  describeWithOwnServer,
  type RabbitMqServer,
  startRabbitMq,
  waitUntil,
} from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deadQueue, groupQueue } from "../src/queues/names.js";
import { closeBrokersAfterEach, connected } from "./support/brokers.js";
import { deadLetterAll } from "./support/dead-letter-all.js";
import { newQueue, Taker } from "./support/taker.js";

describeWithOwnServer("rabbitmq", "a queue that takes what it is sent, and confirms it much later", () => {
  closeBrokersAfterEach();
  let server: RabbitMqServer;
  beforeAll(async () => {
    server = await startRabbitMq();
  });
  afterAll(() => server.stop());

  /** Stops or continues the process of a queue: what it is sent meanwhile waits for it. */
  const tell = (what: "suspend" | "resume", name: string) =>
    server.control(
      "eval",
      `{ok, Queue} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"${name}">>)), ` +
        `sys:${what}(amqqueue:get_pid(Queue)).`,
    );

  it.each<[string, typeof groupQueue, (queue: string) => Omit<Settlement, "delivery">]>([
    ["retry", groupQueue, (queue) => ({ kind: "replace", by: [{ queue, body: "again" }] })],
    ["dead letter", deadQueue, () => ({ kind: "deadLetter", reason: "permanentFailure" })],
  ])("has one %s of a task that was settled again and again meanwhile", async (_, target, how) => {
    const queue = newQueue();
    const broker = await connected({ url: server.url, commandTimeoutMs: 500 });
    const other = await connected({ url: server.url });
    await deadLetterAll(broker, queue, ["declares both queues"]);
    await other.deadLetters(queue).purge();
    const taker = await Taker.from(broker, queue, { ack: false });
    await other.send([{ queue, body: "first" }]);
    await taker.untilTaken(["first"]);
    const settlement = { ...how(queue), delivery: taker.deliveries[0] } as Settlement;
    const settle = () => taker.subscription.settle([settlement]);
    const { name } = target(queue, "classic");
    await tell("suspend", name);
    for (let round = 0; round < 3; round++) expect(await settle()).toEqual(["unknown"]);
    await tell("resume", name);
    await waitUntil("it is settled", async () => (await settle())[0] === "settled");
    // What comes last has passed behind whatever was sent before.
    await other.send([{ queue, body: "last" }]);
    await taker.untilTaken(["last"]);
    const { dead } = await other.counts(queue);
    expect(taker.bodies.filter((body) => body === "again").length + Number(dead)).toBe(1);
    await taker.close();
  });

  it("holds up no sends elsewhere, however many follow: each is stored once", async () => {
    const [queue, other] = [newQueue(), newQueue()];
    const broker = await connected({ url: server.url, commandTimeoutMs: 1_000 });
    await broker.send([
      { queue, body: "declares it" },
      { queue: other, body: "declares it" },
    ]);
    const { name } = groupQueue(queue, "classic");
    await tell("suspend", name);
    await expect(broker.send([{ queue, body: "late" }])).rejects.toThrow("did not confirm");
    const batch = Array.from({ length: 500 }, () => ({ queue: other, body: "in time" }));
    for (let sent = 0; sent < 25_000; sent += batch.length) await broker.send(batch);
    await tell("resume", name);
    const near = await connected({ url: server.url });
    expect(await near.counts(other)).toMatchObject({ waiting: 25_001 });
    await waitUntil("it is stored", async () => (await near.counts(queue)).waiting === 2);
  });
});
