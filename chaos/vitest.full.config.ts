import { defineConfig } from "vitest/config";

/** Long runs of each broker. */
export default defineConfig({
  test: {
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    include: ["test/**/*.full.test.ts"],
  },
});
