import { Client, Server } from "@ytask/core";
import { type Backend, isFinished, silentLogger } from "@ytask/core/driver";
import { MemoryBroker } from "@ytask/core/memory";

/** From when a result was stored until its waiter has the value, in milliseconds, in ascending order. */
export async function latenessOfWaiters(backend: Backend, rounds = 100): Promise<readonly number[]> {
  const broker = new MemoryBroker();
  let storedAt = 0;
  const server = new Server({
    broker,
    backend: afterEachSet(backend, () => {
      storedAt = performance.now();
    }),
    logger: silentLogger,
  });
  server.add("trial", "end", () => 1);
  const client = new Client({ broker, backend: connectedElsewhere(backend), logger: silentLogger });
  const lateness: number[] = [];
  try {
    await server.run("trial");
    for (let round = 0; round < rounds; round++) {
      const task = await client.send("trial", "end", []);
      await task.value();
      lateness.push(performance.now() - storedAt);
    }
  } finally {
    await client.close();
    await server.shutdown();
  }
  return lateness.sort((left, right) => left - right);
}

/** The backend, for the server, which starts before the client and ends after it. */
const afterEachSet = (backend: Backend, note: () => void): Backend => ({
  connect: (environment) => backend.connect(environment),
  get: (keys) => backend.get(keys),
  close: () => backend.close(),
  async set(entries) {
    const outcomes = await backend.set(entries);
    if (entries.some(({ value }) => isFinished(value))) note();
    return outcomes;
  },
});

/** The same backend, for a client: the server connects and closes it. */
const connectedElsewhere = (backend: Backend): Backend => ({
  connect: async () => {},
  get: (keys) => backend.get(keys),
  set: (entries) => backend.set(entries),
  close: async () => {},
});
