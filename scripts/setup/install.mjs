import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "./root.mjs";
import { run } from "./run.mjs";

const oldestNode = [20, 20];

/**
 * Gets pnpm and the dependencies that pnpm-lock.yaml names, with nothing but Node and npm. Puts pnpm and the
 * dependencies' programs on this process's PATH. Quick where everything is there already.
 */
export const install = async () => {
  checkNode();
  await providePnpm();
  console.error("Installing dependencies …");
  process.env.PATH = [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter);
  // CI stops pnpm from asking questions, such as whether to replace a node_modules folder of another layout.
  const code = await run("pnpm", ["install", "--frozen-lockfile", "--prefer-offline"], {
    environment: { CI: "true" },
    quiet: true,
  });
  if (code !== 0) throw new Error("pnpm could not install the dependencies: see its output above");
};

const checkNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Error(`This needs Node ${oldestNode.join(".")} or later, and runs on ${process.versions.node}`);
};

const providePnpm = async () => {
  const version = pinnedPnpm();
  if (installedPnpm() === version) return;
  const folder = join(root, ".cache", `pnpm-${version}`);
  if (!existsSync(join(folder, "node_modules/.bin/pnpm"))) {
    console.error(`Installing pnpm ${version} into .cache …`);
    const parameters = ["install", "--prefix", folder, "--no-audit", "--no-fund", `pnpm@${version}`];
    const code = await run("npm", parameters, { quiet: true });
    if (code !== 0) throw new Error("npm could not install pnpm: see its output above");
  }
  // First on PATH: turbo looks for pnpm there too.
  process.env.PATH = [join(folder, "node_modules/.bin"), process.env.PATH].join(delimiter);
};

/** @returns {string} the version in package.json's `packageManager` */
const pinnedPnpm = () => {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return packageManager.replace("pnpm@", "");
};

/** @returns {string | undefined} the version of the pnpm on PATH */
const installedPnpm = () => {
  try {
    return execFileSync("pnpm", ["--version"], { cwd: root, encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined;
  }
};
