import { backendConformance, throughGates } from "@ytask/conformance";
import { describeWithServer, sharedMemcached } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, describe, it } from "vitest";
import { MemcacheBackend } from "../src/index.js";

describeWithServer("memcached", "the memcached backend", () => {
  let memcached: Awaited<ReturnType<typeof sharedMemcached>>;
  beforeAll(async () => {
    memcached = await sharedMemcached();
  });
  afterAll(() => memcached.stop());

  backendConformance(
    { describe, it },
    {
      capabilities: new MemcacheBackend({ servers: "unused" }).capabilities,
      watch: { missing: "memcached tells nobody of a set" },
      ...throughGates(
        () => memcached.servers,
        (server) => new MemcacheBackend({ servers: server }),
      ),
    },
  );
});
