import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { run } from "./run.mjs";

const startPolicy = "/usr/sbin/policy-rc.d";

/** Why apt cannot be used here; undefined where it can. */
const whyNoApt = () => {
  if (!existsSync("/etc/debian_version") || !existsSync("/usr/bin/apt-get"))
    return "this is no Debian with apt";
  if (process.getuid?.() !== 0) return "apt needs root";
  return undefined;
};

/**
 * Installs Debian packages without letting them start their services.
 *
 * @param {string[]} packages
 * @returns {Promise<Map<string, string>>} why, for each package that could not be installed.
 */
export const aptInstall = async (packages) => {
  const reason = whyNoApt();
  if (reason !== undefined) return new Map(packages.map((name) => [name, reason]));
  console.error(`Installing ${packages.join(", ")} with apt …`);
  return withoutServices(async () => {
    const failures = new Map();
    // Without the network, a package may still be in apt's cache.
    await aptGet("update");
    for (const name of packages) {
      const isInstalled = await aptGet("install", "-y", "--no-install-recommends", name);
      if (!isInstalled) failures.set(name, "apt-get could not install it");
    }
    return failures;
  });
};

/** @param {string[]} parameters */
const aptGet = async (...parameters) => {
  const environment = { DEBIAN_FRONTEND: "noninteractive" };
  return (await run("apt-get", ["-qq", ...parameters], { environment, quiet: true })) === 0;
};

/**
 * Debian's packages ask policy-rc.d before they start a service; 101 forbids it. One that is there already is the
 * machine's own, and stays.
 *
 * @template Result
 * @param {() => Promise<Result>} action
 * @returns {Promise<Result>}
 */
const withoutServices = async (action) => {
  if (existsSync(startPolicy)) return action();
  await writeFile(startPolicy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    return await action();
  } finally {
    await rm(startPolicy);
  }
};
