import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * What a program printed to its standard output.
 * @throws with all that it printed, where its exit code is not 0
 */
export async function run(
  program: string,
  parameters: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, [...parameters], {
      cwd: folder,
      env: { ...process.env, ...environment },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { message, stdout = "" } = error as Error & { readonly stdout?: string }; // as execFile rejects
    throw new Error(`${message}\n${stdout}`);
  }
}
