import { Client, Server } from "@ytask/core";
import type { Backend, Broker } from "@ytask/core/driver";

export interface Drivers {
  readonly broker: Broker;
  readonly backend: Backend;
}

const silent = { debug() {}, info() {}, warn: console.warn, error: console.error };

export const newClient = ({ broker, backend }: Drivers): Client =>
  new Client({ broker, backend, logger: silent });

/** Sends so many tasks in calls of 500. */
export async function fill(client: Client, count: number): Promise<void> {
  for (let first = 0; first < count; first += 500)
    await client.sendMany(
      Array.from({ length: Math.min(500, count - first) }, (_, at) => ({
        group: "guard",
        name: "echo",
        args: [first + at],
      })),
    );
}

/** Sends so many tasks one a call, 100 calls in flight. */
export async function sendEach(client: Client, count: number): Promise<void> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await client.send("guard", "echo", [left]);
  };
  await Promise.all(Array.from({ length: 100 }, lane));
}

/** Runs the tasks that wait until so many are done, and stops. */
export async function runTasks(
  { broker, backend }: Drivers,
  concurrency: number,
  count: number,
): Promise<void> {
  const server = new Server({ broker, backend, logger: silent });
  server.add("guard", "echo", async (index: number) => index);
  let done = 0;
  const all = new Promise<void>((resolve) => {
    server.on("succeeded", () => {
      if (++done === count) resolve();
    });
  });
  await server.run("guard", { concurrency });
  await all;
  await server.shutdown();
}
