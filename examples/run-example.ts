/** Runs the commands of the examples' READMEs as a user would: in a shell, in the example's folder. */
import { type ChildProcess, exec, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

type Environment = Readonly<Record<string, string>>;

/** The command that the example's README shows at a place, counted from 1, without its comment. */
export function readmeCommand(place: number): string {
  const blocks = readFileSync("README.md", "utf8").matchAll(/^```sh\n([\s\S]*?)^```$/gm);
  const lines = [...blocks].flatMap(({ 1: block = "" }) => block.split("\n"));
  const commands = lines.map((line) => line.replace(/ +#.*/, "")).filter((line) => line !== "");
  const command = commands[place - 1];
  if (command === undefined) throw new Error(`README.md shows ${commands.length} commands, not ${place}`);
  return command;
}

/** Runs a command and resolves to what it printed; rejects where its exit code is not 0. */
export async function runToEnd(command: string, environment: Environment = {}): Promise<string> {
  const { stdout } = await promisify(exec)(command, { env: { ...process.env, ...environment } });
  return stdout;
}

/** A command that runs until it is told to end. */
export interface Running {
  /** Presses Ctrl-C; resolves to all that the command printed once it has ended. */
  end(): Promise<string>;
}

/** Starts a command; resolves once it printed `text`. Rejects where it ends before. */
export async function startUntil(
  command: string,
  text: string,
  environment: Environment = {},
): Promise<Running> {
  const child = spawn(command, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
    shell: true,
    // A terminal sends Ctrl-C to a group of processes: the shell, npm and the program.
    detached: true,
  });
  const signal = (name: NodeJS.Signals) => process.kill(-(child.pid ?? 0), name);
  const kill = () => signal("SIGKILL");
  process.once("exit", kill);
  const closed = once(child, "close").finally(() => process.off("exit", kill));
  const output = collect(child);
  await untilPrinted(child, output, text);
  return {
    async end() {
      signal("SIGINT");
      await closed;
      return output.text;
    },
  };
}

interface Output {
  text: string;
}

function collect(child: ChildProcess): Output {
  const output = { text: "" };
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    output.text += chunk;
  });
  return output;
}

function untilPrinted(child: ChildProcess, output: Output, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", () => {
      if (output.text.includes(text)) resolve();
    });
    child.once("exit", (code) =>
      reject(new Error(`ended with ${code} before it printed "${text}":\n${output.text}`)),
    );
  });
}
