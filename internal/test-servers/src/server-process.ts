import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { answers } from "./answers.js";
import { guardProcessGroup, type Release } from "./guard.js";
import { waitUntil } from "./wait-until.js";

/** What to run, and how to see that it serves. */
export interface ServerCommand {
  program: string;
  arguments: string[];
  /** Where `output.log` is written: the server's own folder. */
  folder: string;
  /** The port that has to be free again once the server ended. */
  port: number;
  /** Asked until it answers true. */
  isReady: () => Promise<boolean>;
  environment?: Record<string, string>;
  /** Whom to run as; this process's own user by default. */
  user?: { uid: number; gid: number } | undefined;
}

/** One server in a process group of its own, which can be ended, frozen and started again. */
export class ServerProcess {
  readonly #command: ServerCommand;
  #child: ChildProcess | undefined;
  #release: Release = () => {};

  constructor(command: ServerCommand) {
    this.#command = command;
  }

  get processId(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves once the server serves; does nothing where it already runs. */
  async start(): Promise<void> {
    if (this.#child) return;
    const child = this.#spawn();
    this.#child = child;
    await this.#untilReady(child);
  }

  /** Sends `signal` to the whole process group and resolves once it has ended and its port is free. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const ended = once(child, "exit");
    this.#signal(signal);
    // A frozen process acts on a signal other than SIGKILL only once it goes on.
    this.#signal("SIGCONT");
    await ended;
    await waitUntil(`port ${this.#command.port} is free`, async () => !(await answers(this.#command.port)));
  }

  pause(): void {
    this.#signal("SIGSTOP");
  }

  resume(): void {
    this.#signal("SIGCONT");
  }

  #spawn(): ChildProcess {
    const { program, environment, folder, user } = this.#command;
    const output = openSync(join(folder, "output.log"), "a");
    const child = spawn(program, this.#command.arguments, {
      cwd: folder,
      detached: true,
      env: { ...process.env, ...environment },
      stdio: ["ignore", output, output],
      ...user,
    });
    closeSync(output);
    if (child.pid !== undefined) this.#release = guardProcessGroup(child.pid);
    child.once("exit", () => this.#ended());
    return child;
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    let failure: Error | undefined;
    child.once("error", (error) => {
      failure = error;
    });
    const isDown = () => failure !== undefined || this.#child !== child;
    await waitUntil(
      `${this.#command.program} serves`,
      async () => isDown() || (await this.#command.isReady()),
    );
    if (!isDown()) return;
    this.#child = undefined;
    throw new Error(`${this.#command.program} did not start: ${failure?.message ?? this.#lastOutput()}`);
  }

  #ended(): void {
    this.#child = undefined;
    this.#release();
  }

  #signal(signal: NodeJS.Signals): void {
    const processId = this.#child?.pid;
    if (processId === undefined) return;
    try {
      process.kill(-processId, signal);
    } catch (error) {
      // It ended by itself a moment ago.
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }

  #lastOutput(): string {
    return readFileSync(join(this.#command.folder, "output.log"), "utf8").slice(-2_000);
  }
}
