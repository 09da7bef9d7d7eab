import { run } from "./run.mjs";

/**
 * Runs tasks of the workspace's packages, two at a time, and resolves to turbo's exit code.
 *
 * @param {string[]} parameters Tasks and more of `turbo run`'s arguments.
 * @param {{ quiet?: boolean }} [how]
 * @returns {Promise<number>}
 */
export const turbo = (parameters, { quiet = false } = {}) =>
  run("turbo", ["run", "--concurrency=2", "--ui=stream", ...parameters], {
    environment: { TURBO_TELEMETRY_DISABLED: "1" },
    quiet,
  });
