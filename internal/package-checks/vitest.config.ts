import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Each of the files packs, installs or compiles: one after the other, so that each has the machine.
    fileParallelism: false,
  },
});
