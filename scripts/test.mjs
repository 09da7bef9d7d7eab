// Everything from a clean clone to tested: see CONTRIBUTING.md. `--full` adds the tests that take long.
// package.json puts `exec` before it: a signal to npm would otherwise end npm's shell and leave this running.
import { join } from "node:path";
import { clearReports, summary } from "./report/summary.mjs";
import { install } from "./setup/install.mjs";
import { main } from "./setup/main.mjs";
import { testOnOtherNodes } from "./setup/other-node.mjs";
import { root } from "./setup/root.mjs";
import { run } from "./setup/run.mjs";
import { prepareServers } from "./setup/servers.mjs";
import { turbo } from "./setup/turbo.mjs";

const isFull = process.argv.includes("--full");

/** Biome and knip over everything, and the type check of what no package holds: these scripts. */
const lint = async () =>
  (await run("biome", ["check", "."])) ||
  (await run("knip", ["--no-config-hints"])) ||
  run("tsc", ["-p", "scripts"]);

/** Builds and type-checks too: turbo.json names both as what a test depends on. */
const test = async () => {
  process.env.YTASK_TEST_SERVERS = JSON.stringify(await prepareServers());
  if (isFull) process.env.YTASK_TEST_FULL = "1";
  const tasks = isFull ? ["test", "test:full"] : ["test"];
  const reporters = ["--reporter=default", `--reporter=${join(root, "scripts/report/vitest-reporter.mjs")}`];
  return turbo([...tasks, "--continue=always", "--", ...reporters]);
};

await main(async () => {
  await install();
  clearReports();
  const lintCode = await lint();
  const testCode = await test();
  const nodeFailures = isFull ? await testOnOtherNodes() : [];
  const { failed, lines } = summary();
  if (lintCode !== 0) lines.unshift("The lint failed: see the top of the output.");
  lines.unshift(...nodeFailures);
  if (testCode !== 0) lines.unshift("Failed tasks: see above, where turbo names them.");
  console.log(lines.join("\n"));
  return lintCode !== 0 || testCode !== 0 || nodeFailures.length > 0 || failed > 0 ? 1 : 0;
});
