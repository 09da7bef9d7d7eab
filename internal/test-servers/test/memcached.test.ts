import { afterEach, expect, test } from "vitest";
import { answers } from "../src/answers.js";
import { describeWithOwnServer, type MemcachedServer, startMemcached } from "../src/index.js";

describeWithOwnServer("memcached", "a memcached server", () => {
  let memcached: MemcachedServer | undefined;
  afterEach(() => memcached?.stop());

  test("comes back empty on the same port", async () => {
    memcached = await startMemcached();
    const { port } = memcached;
    expect(memcached.servers).toBe(`127.0.0.1:${port}`);
    expect(await answers(port, "set key 0 0 5\r\nvalue\r\n", "STORED")).toBe(true);
    expect(await answers(port, "get key\r\n", "VALUE key")).toBe(true);
    await memcached.kill();
    expect(await answers(port)).toBe(false);
    await memcached.start();
    expect(await answers(port, "get key\r\n", "END")).toBe(true);
  });

  test("takes items up to the size that was asked for", async () => {
    memcached = await startMemcached({ maxItemSize: "2m" });
    const large = "x".repeat(1_500_000);
    expect(await answers(memcached.port, `set key 0 0 ${large.length}\r\n${large}\r\n`, "STORED")).toBe(true);
  });
});
