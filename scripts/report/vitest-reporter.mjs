import { mkdirSync, writeFileSync } from "node:fs";

/** @typedef {import("vitest/node").Reporter} Reporter */

/**
 * @typedef {object} Report
 * @property {number} passed
 * @property {number} failed Files that could not be loaded and errors outside of tests included.
 * @property {{ name: string, reason: string }[]} skipped
 */

const folder = "test-report";

/**
 * Writes what `npm test` sums up, one file for each script that runs vitest. It is an output of turbo's task, so that
 * a run from the cache counts, and names what it skips, like the one that was cached.
 *
 * @implements {Reporter}
 */
export default class SummaryReporter {
  /**
   * @param {readonly import("vitest/node").TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    /** @type {Report} */
    const report = { passed: 0, failed: unhandledErrors.length, skipped: [] };
    for (const module of modules) {
      for (const suite of [module, ...module.children.allSuites()]) report.failed += suite.errors().length;
      for (const test of module.children.allTests()) add(report, test);
    }
    mkdirSync(folder, { recursive: true });
    const script = (process.env.npm_lifecycle_event ?? "test").replaceAll(":", "-");
    writeFileSync(`${folder}/${script}.json`, `${JSON.stringify(report, null, 2)}\n`);
  }
}

/**
 * @param {Report} report
 * @param {import("vitest/node").TestCase} test
 */
const add = (report, test) => {
  const result = test.result();
  if (result.state === "passed") report.passed += 1;
  else if (result.state === "skipped")
    report.skipped.push({ name: test.fullName, reason: reason(test, result) });
  // A test that is still pending when the run ends was interrupted.
  else report.failed += 1;
};

/**
 * From `context.skip(reason)`, or from a test or suite whose title ends with `(skipped: reason)`.
 *
 * @param {import("vitest/node").TestCase} test
 * @param {{ note?: string | undefined }} result
 */
const reason = (test, { note }) => {
  const named = note ?? /\(skipped: (.*?)\)(?: > |$)/.exec(test.fullName)?.[1];
  return named ?? (hasFailedSetUp(test.parent) ? "its suite's set-up failed" : "no reason is given");
};

/**
 * @param {import("vitest/node").TestSuite | import("vitest/node").TestModule} parent
 * @returns {boolean}
 */
const hasFailedSetUp = (parent) =>
  parent.errors().length > 0 || (parent.type === "suite" && hasFailedSetUp(parent.parent));
