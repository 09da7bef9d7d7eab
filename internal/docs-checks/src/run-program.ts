import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

/** What a TypeScript program printed; rejects where its exit code is not 0. */
export async function runToEnd(file: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", file]);
  return stdout;
}

/** Starts a program that runs until it is told to end. */
export function start(file: string): { end(): Promise<void> } {
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", file], { stdio: "inherit" });
  const ended = once(child, "exit");
  return {
    async end() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** What a program says that it prints: the comments behind its `console.log`s. */
export const promisedOutput = (code: string): readonly string[] =>
  [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(({ 1: text = "" }) => text);
