/** Runs the programs of the examples' tests as a user would: as processes of their own. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

type Environment = Readonly<Record<string, string>>;

/** Runs a program and resolves to what it printed; rejects where its exit code is not 0. */
export async function runToEnd(file: string, environment: Environment = {}): Promise<string> {
  const { stdout } = await promisify(execFile)("pnpm", ["exec", "tsx", file], {
    env: { ...process.env, ...environment },
  });
  return stdout;
}

/** A program that runs until it is told to end. */
export interface Running {
  /** Sends SIGTERM; resolves to the exit code. */
  end(): Promise<number | null>;
}

/** Starts a program; resolves once it printed `text`. Rejects where it ends before. */
export async function startUntil(
  file: string,
  text: string,
  environment: Environment = {},
): Promise<Running> {
  const child = spawn(process.execPath, ["--import", "tsx", file], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  await untilPrinted(child, text);
  return {
    async end() {
      child.kill("SIGTERM");
      await ended;
      return child.exitCode;
    },
  };
}

function untilPrinted(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk;
      if (output.includes(text)) resolve();
    });
    child.once("exit", (code) =>
      reject(new Error(`ended with ${code} before it printed "${text}":\n${output}`)),
    );
  });
}
