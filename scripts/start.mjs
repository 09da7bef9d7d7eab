// From a clean clone to the first example: installs, builds the packages, which the examples need, and runs one.
import { install } from "./setup/install.mjs";
import { main } from "./setup/main.mjs";
import { run } from "./setup/run.mjs";
import { turbo } from "./setup/turbo.mjs";

const example = "examples/01-hello-task";

await main(async () => {
  await install();
  console.error("Building …");
  const code = await turbo(["build", "--filter=./packages/*"], { quiet: true });
  if (code !== 0) return code;
  console.error(`Running ${example} …`);
  return run("pnpm", ["--silent", "--dir", example, "start"]);
});
