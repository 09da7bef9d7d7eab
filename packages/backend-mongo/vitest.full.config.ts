import { defineConfig } from "vitest/config";

/** What measures: it wants a machine that does nothing else. */
export default defineConfig({
  test: {
    testTimeout: 600_000,
    hookTimeout: 120_000,
    include: ["test/**/*.full.test.ts"],
    fileParallelism: false,
  },
});
