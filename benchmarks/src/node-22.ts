import { execFile } from "node:child_process";
import { promisify } from "node:util";

const wanted = 22;
const boundMs = 120_000;

/**
 * The path of a Node of version 22 or later: this one, or the one that npm keeps under the package name `node`.
 * Undefined where there is none to be had.
 */
export async function findNode22(): Promise<string | undefined> {
  if (Number.parseInt(process.versions.node, 10) >= wanted) return process.execPath;
  try {
    const { stdout } = await promisify(execFile)(
      "npx",
      ["--yes", `node@${wanted}`, "--print", "process.execPath"],
      { timeout: boundMs },
    );
    return stdout.trim();
  } catch {
    return undefined;
  }
}
