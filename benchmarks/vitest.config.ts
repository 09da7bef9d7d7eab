import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    // The size to which the space for new objects grows in a busy process, so that no count depends on when it does.
    execArgv: ["--expose-gc", "--min-semi-space-size=16"],
  },
});
