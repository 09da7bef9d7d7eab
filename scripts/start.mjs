// From a clean clone to the first example: installs, builds what the example needs, and runs it.
import { join } from "node:path";
import { install } from "./setup/install.mjs";
import { root } from "./setup/root.mjs";
import { run } from "./setup/run.mjs";
import { turbo } from "./setup/turbo.mjs";

const example = "examples/01-hello-task";

console.error("Installing dependencies …");
await install();

console.error("Building …");
const isBuilt =
  (await turbo(["build", `--filter=./${example}...`, "--output-logs=errors-only"], { quiet: true })) === 0;

console.error(`Running ${example} …`);
process.exitCode = isBuilt ? await run("pnpm", ["--silent", "--dir", join(root, example), "start"]) : 1;
