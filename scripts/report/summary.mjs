import { readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../setup/root.mjs";

/** @typedef {import("./vitest-reporter.mjs").Report} Report */

/** Deletes the reports of earlier runs; turbo brings back those of the tasks that it takes from its cache. */
export const clearReports = () => {
  for (const folder of packageFolders())
    rmSync(join(root, folder, "test-report"), { recursive: true, force: true });
};

/**
 * The last lines of a test run: what was skipped and why, what failed, and the sum over all packages. Where only the
 * end of an output is kept, it still says which test failed and how.
 *
 * @returns {{ failed: number, lines: string[] }}
 */
export const summary = () => {
  const reports = packageFolders().flatMap((folder) => readReports(folder));
  const passed = sum(reports.map(({ report }) => report.passed));
  const failed = sum(reports.map(({ report }) => report.failed.length));
  const skipped = sum(reports.map(({ report }) => report.skipped.length));
  const lines = [...skipLines(reports), ...failureLines(reports)];
  lines.push(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return { failed, lines };
};

/** @param {{ folder: string, report: Report }[]} reports */
const skipLines = (reports) => {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { folder, report } of reports) {
    for (const { reason } of report.skipped) {
      const line = `${folder}: ${reason}`;
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
  }
  return [...counts].map(([line, count]) => `skipped ${count} in ${line}`);
};

/** @param {{ folder: string, report: Report }[]} reports */
const failureLines = (reports) =>
  reports.flatMap(({ folder, report }) =>
    report.failed.map(({ name, errors }) => `failed in ${folder}: ${[name, ...errors].join("\n  ")}`),
  );

/**
 * @param {string} folder
 * @returns {{ folder: string, report: Report }[]}
 */
const readReports = (folder) => {
  const reports = join(root, folder, "test-report");
  return list(reports)
    .filter((file) => file.endsWith(".json"))
    .map((file) => ({ folder, report: JSON.parse(readFileSync(join(reports, file), "utf8")) }));
};

/** Every folder with a package.json that pnpm-workspace.yaml's patterns match, such as `packages/core`. */
const packageFolders = () => {
  const patterns = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8").matchAll(/^ {2}- ([\w/*-]+)$/gm);
  const folders = [...patterns].flatMap(([, pattern = ""]) => {
    if (!pattern.endsWith("/*")) return [pattern];
    return list(join(root, dirname(pattern))).map((name) => join(dirname(pattern), name));
  });
  return folders.filter((folder) => list(join(root, folder)).includes("package.json"));
};

/**
 * The names in a folder; none where it does not exist or is a file.
 *
 * @param {string} folder
 */
const list = (folder) => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
