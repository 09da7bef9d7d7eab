import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { report } from "../../src/report.js";
import { chaosRun, type RunOptions, type RunOutcome } from "../../src/run.js";

/** A run and its report, which names the command that repeats it. The records stay only where a promise was broken. */
export async function runOf(
  options: Omit<RunOptions, "folder">,
): Promise<RunOutcome & { readonly text: string }> {
  const folder = mkdtempSync(join(tmpdir(), "ytask-chaos-"));
  const outcome = await chaosRun({ ...options, folder });
  const isExpected = outcome.verdict.broken.length === 0 || options.broken !== undefined;
  if (isExpected) await rm(folder, { recursive: true });
  return { ...outcome, text: report({ ...options, folder }, outcome) };
}
