import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { available, installed } from "../src/index.js";

beforeEach(() => {
  vi.stubEnv("PATH", "/no/such/folder");
  vi.stubEnv("REDIS_URL", undefined);
  vi.stubEnv("YTASK_TEST_SERVERS", undefined);
});
afterEach(() => vi.unstubAllEnvs());

describe("whether a server can be had", () => {
  test("says what is missing and which variable would name a server", () => {
    expect(available("redis")).toEqual({
      yes: false,
      reason: "REDIS_URL is not set; redis-server is not on PATH",
    });
  });

  test("a server from the environment is one to use but none to kill", () => {
    vi.stubEnv("REDIS_URL", "redis://127.0.0.1:6379");
    expect(available("redis")).toEqual({ yes: true });
    expect(installed("redis")).toEqual({ yes: false, reason: "redis-server is not on PATH" });
  });

  test("takes the reason from the test run that tried to install it", () => {
    vi.stubEnv("YTASK_TEST_SERVERS", JSON.stringify({ redis: { yes: false, reason: "apt needs root" } }));
    expect(installed("redis")).toEqual({ yes: false, reason: "apt needs root" });
  });
});
