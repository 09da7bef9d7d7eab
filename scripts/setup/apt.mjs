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
 * @returns {Promise<string | undefined>} why it did not; undefined where it did.
 */
export const aptInstall = async (packages) => {
  const reason = whyNoApt();
  if (reason !== undefined) return reason;
  console.error(`Installing ${packages.join(", ")} with apt …`);
  return withoutServices(async () => {
    if (await aptGet("install", "-y", "--no-install-recommends", ...packages)) return undefined;
    const isInstalled =
      (await aptGet("update")) && (await aptGet("install", "-y", "--no-install-recommends", ...packages));
    return isInstalled ? undefined : `apt-get could not install ${packages.join(", ")}`;
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
