import { defineConfig, type Options } from "tsup";

/** One build for every published package: ESM and CommonJS, each with types of its own. */
export const library = (entry: Options["entry"], more: Options = {}) =>
  defineConfig({
    entry: entry as NonNullable<Options["entry"]>,
    format: ["esm", "cjs"],
    target: "node20",
    dts: true,
    clean: true,
    sourcemap: true,
    splitting: true,
    treeshake: true,
    ...more,
  });
