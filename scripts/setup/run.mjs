import { spawn } from "node:child_process";
import { root } from "./root.mjs";

/**
 * @typedef {object} Command
 * @property {NodeJS.ProcessEnv} [environment] Added to this process's own.
 * @property {boolean} [quiet] Shows output only where the command fails.
 */

/**
 * Runs a program in the repository's folder and resolves to its exit code; 1 where a signal ended it.
 *
 * @param {string} program
 * @param {string[]} parameters
 * @param {Command} [command]
 * @returns {Promise<number>}
 */
export const run = async (program, parameters, { environment = {}, quiet = false } = {}) => {
  const { code, output, errors } = await launch(program, parameters, environment, quiet);
  if (code !== 0) process.stderr.write(output + errors);
  return code;
};

/**
 * Runs a program and resolves to what it printed to its standard output.
 *
 * @param {string} program
 * @param {string[]} parameters
 * @returns {Promise<string>}
 * @throws {Error} where it fails.
 */
export const read = async (program, parameters) => {
  const { code, output, errors } = await launch(program, parameters, {}, true);
  if (code !== 0)
    throw new Error(`${program} ${parameters.join(" ")} ended with ${code}: ${errors.slice(-2_000)}`);
  return output;
};

/**
 * @param {string} program
 * @param {string[]} parameters
 * @param {NodeJS.ProcessEnv} environment
 * @param {boolean} capture
 * @returns {Promise<{ code: number, output: string, errors: string }>}
 */
const launch = (program, parameters, environment, capture) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ["ignore", capture ? "pipe" : "inherit", capture ? "pipe" : "inherit"],
    });
    const text = { output: "", errors: "" };
    child.stdout?.setEncoding("utf8").on("data", (data) => {
      text.output += data;
    });
    child.stderr?.setEncoding("utf8").on("data", (data) => {
      text.errors += data;
    });
    const stop = endWith(child);
    child.once("error", reject);
    child.once("close", (code) => {
      stop();
      resolve({ code: code ?? 1, ...text });
    });
  });

/**
 * Lets the child end before this process does where a signal ends both, so that nothing is left running. A terminal
 * sends SIGINT to the child itself.
 *
 * @param {import("node:child_process").ChildProcess} child
 * @returns {() => void} undoes it.
 */
const endWith = (child) => {
  const exitAfterChild = () => child.once("close", () => process.exit(1));
  const terminate = () => {
    child.kill("SIGTERM");
    exitAfterChild();
  };
  process.once("SIGINT", exitAfterChild);
  process.once("SIGTERM", terminate);
  return () => {
    process.off("SIGINT", exitAfterChild);
    process.off("SIGTERM", terminate);
  };
};
