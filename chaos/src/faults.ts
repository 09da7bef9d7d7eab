import { setTimeout as sleep } from "node:timers/promises";
import type { RedisServer } from "@ytask-internal/test-servers";
import type { BrokerUnderTest, Moment } from "./broker-under-test.js";
import { pauseMs } from "./settings.js";
import type { WorkerProcess } from "./worker-process.js";

/** What faults happen to. */
export interface Field {
  readonly servers: readonly WorkerProcess[];
  readonly broker: BrokerUnderTest;
  /** The Redis that holds the results, and nothing else. */
  readonly backend: RedisServer;
}

export type FaultName =
  | "kill"
  | "pause"
  | "stop"
  | "restartBroker"
  | "killConnections"
  | "swallow"
  | "failOver"
  | "stopBackend";

/** One kind of fault. */
export interface Fault {
  readonly title: string;
  /** Whom it may make run a task twice. */
  readonly hits: "one server" | "every server" | "no server";
  /** Nobody can take work meanwhile, which is no stall of a server's. */
  readonly isOutage: boolean;
  /** How long it lasts, in milliseconds: at least, at most. */
  readonly lastsMs: readonly [number, number];
  /**
   * Resolves when it is over, and to when exactly it was, where that is known. `over` tells that it is over for those
   * hit, where that comes before.
   */
  run(
    field: Field,
    server: WorkerProcess,
    forMs: number,
    over: () => void,
  ): Promise<Moment | undefined | void>;
}

export const faults: Readonly<Record<FaultName, Fault>> = {
  kill: {
    title: "a server is killed with SIGKILL, and started again",
    hits: "one server",
    isOutage: false,
    lastsMs: [200, 2_000],
    async run(_, server, forMs, over) {
      await server.kill();
      over();
      await sleep(forMs);
      await server.start();
    },
  },
  pause: {
    title: "a server is paused for longer than its lease",
    hits: "one server",
    isOutage: false,
    lastsMs: [pauseMs, pauseMs],
    run: (_, server, forMs) => server.pause(forMs),
  },
  stop: {
    title: "a server is shut down, and started again",
    hits: "no server",
    isOutage: false,
    lastsMs: [0, 1_000],
    async run(_, server, forMs) {
      await server.stop();
      await sleep(forMs);
      await server.start();
    },
  },
  restartBroker: {
    title: "the broker is killed with SIGKILL, and started again",
    hits: "every server",
    isOutage: true,
    lastsMs: [0, 1_500],
    run: ({ broker }, _, forMs) => broker.restart(forMs),
  },
  killConnections: {
    title: "the broker ends every connection",
    hits: "every server",
    isOutage: true,
    lastsMs: [0, 0],
    run: ({ broker }) => broker.killConnections(),
  },
  swallow: {
    title: "the network swallows every byte",
    hits: "every server",
    isOutage: true,
    lastsMs: [1_000, 4_000],
    run: ({ broker }, _, forMs) => broker.swallow(forMs),
  },
  failOver: {
    title: "a replica of the broker takes over",
    hits: "every server",
    isOutage: true,
    lastsMs: [0, 0],
    run: async ({ broker }) => broker.failOver?.(),
  },
  stopBackend: {
    title: "the backend is killed with SIGKILL, and started again",
    hits: "no server",
    isOutage: false,
    lastsMs: [500, 3_000],
    async run({ backend }, _, forMs) {
      await backend.kill();
      await sleep(forMs);
      await backend.start();
    },
  },
};

/** The faults that this kind of broker can have. */
export const faultsOf = (broker: BrokerUnderTest): readonly FaultName[] =>
  (Object.keys(faults) as FaultName[]).filter((name) => name !== "failOver" || broker.failOver !== undefined);
