import { defineConfig } from "vitest/config";

/** What takes long: faults twenty times over, and a million tasks. */
export default defineConfig({
  test: {
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
    include: ["test/**/*.full.test.ts"],
    fileParallelism: false,
  },
});
