import { afterEach, describe, expect, test, vi } from "vitest";
import { available, installed } from "../src/index.js";

afterEach(() => vi.unstubAllEnvs());

describe("whether a server can be had", () => {
  test("says what is missing and which variable would name a server", () => {
    vi.stubEnv("PATH", "/no/such/folder");
    vi.stubEnv("REDIS_URL", undefined);
    expect(available("redis")).toEqual({
      yes: false,
      reason: "REDIS_URL is not set; redis-server is not on PATH",
    });
  });

  test("a server from the environment is one to use but none to kill", () => {
    vi.stubEnv("PATH", "/no/such/folder");
    vi.stubEnv("REDIS_URL", "redis://127.0.0.1:6379");
    expect(available("redis")).toEqual({ yes: true });
    expect(installed("redis")).toEqual({ yes: false, reason: "redis-server is not on PATH" });
  });
});
