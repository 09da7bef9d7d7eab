import { configDefaults, defineConfig } from "vitest/config";

/** One run at a time: each is a load of its own, and counts what a starved process loses. */
export default defineConfig({
  test: {
    testTimeout: 240_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    exclude: [...configDefaults.exclude, "**/*.full.test.ts"],
  },
});
