import { mkdirSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** @typedef {import("vitest/node").Reporter} Reporter */

/**
 * @typedef {object} Report
 * @property {number} passed
 * @property {{ name: string, errors: string[] }[]} failed Files that could not be loaded and errors outside of tests
 *   included.
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
    const report = { passed: 0, failed: [], skipped: [] };
    for (const error of unhandledErrors) report.failed.push(failure("outside of tests", [error]));
    for (const module of modules) {
      for (const suite of [module, ...module.children.allSuites()]) {
        const name = suite.type === "module" ? suite.relativeModuleId : suite.fullName;
        for (const error of suite.errors()) report.failed.push(failure(name, [error]));
      }
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
  else if (result.state === "failed") report.failed.push(failure(test.fullName, result.errors));
  else report.failed.push({ name: test.fullName, errors: ["it had not ended when the run did"] });
};

/**
 * @param {string} name
 * @param {readonly unknown[]} errors What vitest tells of each error, or what was thrown.
 */
const failure = (name, errors) => ({ name, errors: errors.map(text) });

/**
 * The message of an error, and the line that threw it, as plain text.
 *
 * @param {unknown} error
 */
const text = (error) => {
  const { message, stacks } = /** @type {Partial<import("vitest/node").SerializedError>} */ (Object(error));
  const [frame] = stacks ?? [];
  const place = frame ? ` (${relative(process.cwd(), frame.file)}:${frame.line})` : "";
  return stripVTControlCharacters(String(message ?? error)).slice(0, 2_000) + place;
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
