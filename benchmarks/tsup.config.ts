import { defineConfig } from "tsup";

/** Only what the measured processes run: tsx, which runs the rest, adds work of its own to every function. */
export default defineConfig({
  entry: ["src/contestant-main.ts", "src/worker.ts"],
  format: ["esm"],
  target: "node20",
  clean: true,
  sourcemap: true,
});
