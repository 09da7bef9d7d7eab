// Everything from a clean clone to tested: see CONTRIBUTING.md. `--full` adds the tests that take long.
import { join } from "node:path";
import { clearReports, summary } from "./report/summary.mjs";
import { install } from "./setup/install.mjs";
import { root } from "./setup/root.mjs";
import { run } from "./setup/run.mjs";
import { prepareServers } from "./setup/servers.mjs";
import { turbo } from "./setup/turbo.mjs";

const isFull = process.argv.includes("--full");

const testTasks = async () => {
  const servers = await prepareServers();
  process.env.YTASK_TEST_SERVERS = JSON.stringify(servers);
  if (isFull) process.env.YTASK_TEST_FULL = "1";
  clearReports();
  const tasks = isFull ? ["test", "test:full"] : ["test"];
  const reporters = ["--reporter=default", `--reporter=${join(root, "scripts/report/vitest-reporter.mjs")}`];
  return turbo([
    ...tasks,
    "--continue=dependencies-successful",
    "--output-logs=new-only",
    "--",
    ...reporters,
  ]);
};

/** @type {[name: string, step: () => Promise<number>][]} */
const steps = [
  ["lint", () => run("biome", ["check", "."])],
  [
    "build and type check",
    () => turbo(["build", "typecheck", "--continue=dependencies-successful", "--output-logs=errors-only"]),
  ],
  ["tests", testTasks],
];

console.error("Installing dependencies …");
await install();

/** @type {string[]} */
const failedSteps = [];
for (const [name, step] of steps) {
  if ((await step()) !== 0) failedSteps.push(name);
}

const { failed, lines } = summary();
if (failedSteps.length > 0) console.log(`Failed: ${failedSteps.join(", ")}. See the output above.`);
console.log(lines.join("\n"));
process.exitCode = failedSteps.length > 0 || failed > 0 ? 1 : 0;
