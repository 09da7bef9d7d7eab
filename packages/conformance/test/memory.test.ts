import { MemoryBackend, MemoryBroker } from "@ytask/core/memory";
import { describe, it } from "vitest";
import { backendConformance, brokerConformance } from "../src/index.js";

const runner = { describe, it: it.concurrent };
const noNetwork = { missing: "there is no network inside a process, so nothing can be under way in it" };

const broker = new MemoryBroker({ leaseMs: 200 });
brokerConformance(runner, {
  capabilities: broker.capabilities,
  takenBackWithinMs: 200,
  create: () => broker.sibling(),
  connection: {
    cut: (one) => one.disconnect(),
    mend: (one) => one.reconnect(),
    stall: noNetwork,
  },
});

const backend = new MemoryBackend();
backendConformance(runner, {
  capabilities: backend.capabilities,
  watch: true,
  create: () => backend.sibling(),
  connection: {
    cut: (one) => one.disconnect(),
    mend: (one) => one.reconnect(),
    stall: noNetwork,
  },
});
