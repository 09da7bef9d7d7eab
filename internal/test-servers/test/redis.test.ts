import { existsSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { answers } from "../src/answers.js";
import { describeWithOwnServer, type RedisServer, startRedis } from "../src/index.js";

describeWithOwnServer("redis", "a Redis server", () => {
  let redis: RedisServer | undefined;
  afterEach(() => redis?.stop());

  test("keeps its data and port through a kill", async () => {
    redis = await startRedis();
    const { port } = redis;
    await redis.command("SET", "key", "kept");
    await redis.kill();
    expect(await answers(port)).toBe(false);
    await redis.start();
    expect(redis.port).toBe(port);
    expect(await redis.command("GET", "key")).toBe("kept");
  });

  test("leaves no process and no data after stop", async () => {
    redis = await startRedis();
    const folder = (await redis.command("CONFIG", "GET", "dir")).split("\n")[1] ?? "";
    const processId = Number(/process_id:(\d+)/.exec(await redis.command("INFO", "server"))?.[1]);
    expect(existsSync(folder)).toBe(true);
    await redis.stop();
    expect(existsSync(folder)).toBe(false);
    expect(() => process.kill(processId, 0)).toThrow("ESRCH");
  });

  test("answers nothing while it is paused, and goes on after that", async () => {
    redis = await startRedis();
    redis.pause();
    expect(await answers(redis.port)).toBe(true);
    expect(await answers(redis.port, "PING\r\n")).toBe(false);
    redis.resume();
    expect(await answers(redis.port, "PING\r\n", "+PONG")).toBe(true);
  });

  test("serves TLS with a password", async () => {
    redis = await startRedis({ tls: true, password: "secret-of-the-test" });
    expect(redis.url).toBe(`rediss://:secret-of-the-test@127.0.0.1:${redis.port}`);
    expect(redis.certificateAuthority).toContain("BEGIN CERTIFICATE");
    expect(await redis.command("PING")).toBe("PONG");
  });

  test("says why it did not start", async () => {
    await expect(startRedis({ arguments: ["--no-such-setting", "1"] })).rejects.toThrow("no-such-setting");
  });
});
