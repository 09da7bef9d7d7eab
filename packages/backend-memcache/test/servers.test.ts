import { readFileSync } from "node:fs";
import { ErrorCode } from "@ytask/core/driver";
import { describeWithOwnServer, type MemcachedServer, startMemcached } from "@ytask-internal/test-servers";
import { Client } from "memjs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MemcacheBackend } from "../src/index.js";
import { rawGet } from "./raw.js";

/** Keys, and the index of the server out of three that Go's gomemcache picks for each. */
const picks = JSON.parse(
  readFileSync(new URL("fixtures/gomemcache-picks.json", import.meta.url), "utf8"),
) as readonly (readonly [string, number])[];

describeWithOwnServer("memcached", "several memcached servers", () => {
  let servers: readonly MemcachedServer[];
  beforeAll(async () => {
    servers = await Promise.all([startMemcached(), startMemcached(), startMemcached()]);
  });
  afterAll(() => Promise.all((servers ?? []).map((server) => server.stop())));

  const list = () => servers.map((server) => server.servers);
  const holders = (key: string) =>
    Promise.all(servers.map(async ({ port }) => (await rawGet(port, key)) !== "END\r\n"));

  it.each([1, 3])("hold each key where Go's client looks for it, with a pool of %i", async (poolSize) => {
    const backend = new MemcacheBackend({ servers: list().join(","), poolSize });
    await backend.connect();
    try {
      await backend.set(picks.map(([key]) => ({ key, value: `${key} ${poolSize}` })));
      expect(await backend.get(picks.map(([key]) => key))).toEqual(
        picks.map(([key]) => `${key} ${poolSize}`),
      );
      for (const [key, index] of picks)
        expect(await holders(key), key).toEqual([0, 1, 2].map((at) => at === index));
    } finally {
      await backend.close();
    }
  });

  it("lose only the results of one that is down", async () => {
    const backend = new MemcacheBackend({ servers: list() });
    await backend.connect();
    try {
      await servers[1]?.kill();
      const outcomes = await backend.set(picks.map(([key]) => ({ key, value: "1" })));
      expect(outcomes.map(({ kind }) => kind)).toEqual(
        picks.map(([, index]) => (index === 1 ? "failed" : "stored")),
      );
    } finally {
      await backend.close();
      await servers[1]?.start();
    }
  });

  it("are chosen by a memjs client that has a choice of its own, which stays open", async () => {
    const client = createClient(list());
    client.getServer = () => 2;
    const backend = new MemcacheBackend({ client });
    await backend.connect();
    await backend.set(picks.map(([key]) => ({ key, value: "theirs" })));
    await backend.close();
    for (const [key] of picks) {
      expect((await holders(key))[2]).toBe(true);
      expect(await client.get(key).then(({ value }) => String(value))).toBe("theirs");
    }
    client.close();
  });

  it("are chosen by a memjs client whose class has a choice of its own", async () => {
    class Last extends Client {
      override getServer = () => 2;
    }
    class First extends Client {}
    First.prototype.getServer = () => 0;
    for (const [index, Chooser] of [First, undefined, Last].entries()) {
      if (!Chooser) continue;
      const { servers: listed } = createClient(list());
      const client = Object.assign(new Chooser([], { retries: 0, logger: { log() {} } }), {
        servers: listed,
      });
      const backend = new MemcacheBackend({ client });
      await backend.connect();
      await backend.set(picks.map(([key]) => ({ key, value: "theirs" })));
      await backend.close();
      for (const [key] of picks) expect((await holders(key))[index], key).toBe(true);
    }
  });

  it("are chosen as Go does beside a memjs client without a choice of its own", async () => {
    const backend = new MemcacheBackend({ client: createClient(list()) });
    await backend.connect();
    await backend.set(picks.map(([key]) => ({ key, value: "Go's", expiresInSeconds: 60 })));
    await backend.close();
    for (const [key, index] of picks)
      expect(await rawGet(servers[index]?.port ?? 0, key), key).toContain("Go's");
  });

  it("fail the keys for which a choice names none of them, and no others", async () => {
    const client = createClient(list());
    client.getServer = (key) => (key.endsWith("bad") ? 7 : 0);
    const backend = new MemcacheBackend({ client });
    await backend.connect();
    try {
      const refused = { code: ErrorCode.InvalidArgument, message: expect.stringContaining("from 0 to 2") };
      for (let round = 0; round < 2; round++)
        expect(
          await backend.set([
            { key: "YTask:Backend:good", value: "1" },
            { key: "YTask:Backend:bad", value: "1" },
          ]),
        ).toMatchObject([{ kind: "stored" }, { kind: "failed", error: refused }]);
      await expect(backend.get(["YTask:Backend:bad"])).rejects.toMatchObject(refused);
      expect(await backend.get(["YTask:Backend:good"])).toEqual(["1"]);
    } finally {
      await backend.close();
    }
  });
});

/** memjs' own way to make a client, which the declaration of what the backend uses leaves out. */
function createClient(servers: readonly string[]) {
  const { create } = Client as unknown as {
    create(servers: string): {
      servers: { host: string; port: number }[];
      getServer(key: string): number;
      get(key: string): Promise<{ value: Buffer | null }>;
      close(): void;
    };
  };
  return create(servers.join(","));
}
