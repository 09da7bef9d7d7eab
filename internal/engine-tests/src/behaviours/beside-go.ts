import { Status } from "@ytask/core";
import type { Broker, Delivery } from "@ytask/core/driver";
import { type Message, parseMessage, serializeMessage } from "@ytask/core/wire";
import { expect } from "vitest";
import { until } from "../awaiting.js";
import type { Behaviour } from "../behaviour.js";

const goDelayedQueue = (group: string): string => `YTask:Queue:Delay:${group}`;

/** The next message of a queue, as a Go server would take it. */
async function takeOne(broker: Broker, queue: string): Promise<Message> {
  const subscription = await broker.subscribe(queue, {
    maxUnsettled: 1,
    maxRedeliveries: 10,
    onLost: () => {},
    onError: () => {},
  });
  let deliveries: readonly Delivery[] = [];
  while (deliveries.length === 0) deliveries = await subscription.receive(1, 1_000);
  await subscription.settle(deliveries.map((delivery) => ({ delivery, kind: "ack" })));
  await subscription.close();
  return parseMessage(deliveries[0]?.body ?? "");
}

export const delayedTasksOfGoRun: Behaviour = {
  title: "a task that a Go client put into its group's delayed queue runs when it is due, not before",
  async run(bench) {
    const dueMs = Date.now() + 700;
    const body = serializeMessage({
      id: `delayed-${bench.group}`,
      name: "now",
      args: [],
      retryCount: 3,
      runTime: new Date(dueMs).toISOString(),
      expireTime: undefined,
      workflow: undefined,
      extra: {},
    });
    const broker = await bench.broker();
    await broker.send([{ queue: goDelayedQueue(bench.group), body }]);
    const server = await bench.server({ goCompatible: true });
    server.add(bench.group, "now", () => Date.now());
    await server.run(bench.group);
    const client = await bench.client();
    const result = await client.getResult(`delayed-${bench.group}`);
    expect(result.getNumber(0)).toBeGreaterThanOrEqual(dueMs - 5);
  },
};

export const delayedTasksReachGo: Behaviour = {
  title:
    "beside Go a client sends delayed tasks, and a server delayed steps of other groups, where Go servers look",
  async run(bench) {
    const goGroup = bench.drivers.uniqueGroup();
    const client = await bench.client({ goCompatible: true });
    const broker = await bench.broker();
    const sent = await client.send(goGroup, "later", [7], { runAfterMs: 60_000 });
    // A broker may not be able to tell.
    await until(async () => ((await client.counts(goGroup)).delayed ?? 1) === 1);
    const delayed = await takeOne(broker, goDelayedQueue(goGroup));
    expect(delayed).toMatchObject({ id: sent.id, name: "later", args: ["7"] });
    expect(Date.parse(delayed.runTime ?? "")).toBeGreaterThan(Date.now() + 30_000);

    const server = await bench.server({ goCompatible: true });
    server.add(bench.group, "first", (n: number) => n + 1);
    await server.run(bench.group);
    const workflow = await client.sendWorkflow([
      { group: bench.group, name: "first", args: [1] },
      { group: goGroup, name: "second", options: { runAfterMs: 60_000 } },
    ]);
    const step = await takeOne(broker, goDelayedQueue(goGroup));
    expect(step).toMatchObject({ id: workflow.id, name: "second", args: ["2"] });
    expect(Date.parse(step.runTime ?? "")).toBeGreaterThan(Date.now() + 30_000);
    expect(await workflow.status()).toBe(Status.Sent);
  },
};

export const theOldLayoutWorks: Behaviour = {
  title:
    "wireVersion 2 uses the queues and the layout of the original's v2, and a server of v3 does not see them",
  async run(bench) {
    const newServer = await bench.server();
    newServer.add(bench.group, "which", () => "v3");
    await newServer.run(bench.group);
    const client = await bench.client({ wireVersion: 2 });
    const task = await client.send(bench.group, "which");
    const oldServer = await bench.server({ wireVersion: 2 });
    oldServer.add(bench.group, "which", () => "v2");
    await oldServer.run(bench.group);
    expect(await task.value()).toBe("v2");
  },
};
