import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: "test/support/shared-server.ts",
    // Some tests start servers of their own, and all of them measure time in one way or another.
    fileParallelism: false,
  },
});
