import { randomUUID } from "node:crypto";
import type { Broker } from "@ytask/core/driver";
import { MemoryBackend, MemoryBroker } from "@ytask/core/memory";
import { engineBehaviours } from "../src/index.js";

engineBehaviours("the in-memory driver", () => {
  const broker = new MemoryBroker({ leaseMs: 200 });
  const backend = new MemoryBackend();
  const made = new Map<Broker, MemoryBroker>();
  return {
    broker() {
      const sibling = broker.sibling();
      made.set(sibling, sibling);
      return sibling;
    },
    backend: () => backend.sibling(),
    uniqueGroup: () => `engine-${randomUUID()}`,
    cut: (one) => made.get(one)?.disconnect(),
    mend: (one) => made.get(one)?.reconnect(),
    async stop() {},
  };
});
