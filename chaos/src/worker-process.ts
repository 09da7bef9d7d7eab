import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recordFile } from "./records.js";
import type { WorkerSettings } from "./settings.js";

/** The time in which one process of a server lived. */
export interface Life {
  readonly name: string;
  readonly startedAt: number;
  endedAt: number | undefined;
}

const program = fileURLToPath(new URL("./worker.ts", import.meta.url));
/** A server waits 20 s for its tasks, which run for 2 s at most, and a few more to close. */
const shutdownBoundMs = 45_000;

/** One server, which is a new process after each end. */
export class WorkerProcess {
  readonly #folder: string;
  readonly #number: number;
  readonly #settings: Omit<WorkerSettings, "recordFile">;
  #child: ChildProcess | undefined;
  readonly lives: Life[] = [];

  constructor(folder: string, number: number, settings: Omit<WorkerSettings, "recordFile">) {
    this.#folder = folder;
    this.#number = number;
    this.#settings = settings;
  }

  get life(): string {
    return this.lives.at(-1)?.name ?? "";
  }

  /** Resolves once it takes work, or has ended before that. */
  async start(): Promise<void> {
    const life: Life = {
      name: `${this.#number}.${this.lives.length + 1}`,
      startedAt: Date.now(),
      endedAt: undefined,
    };
    const settings: WorkerSettings = { ...this.#settings, recordFile: recordFile(this.#folder, life.name) };
    const output = openSync(join(this.#folder, `${life.name}.log`), "a");
    const child = spawn(process.execPath, ["--import", "tsx", program, JSON.stringify(settings)], {
      stdio: ["pipe", "pipe", output],
    });
    closeSync(output);
    this.#child = child;
    this.lives.push(life);
    const ended = once(child, "exit").then(() => {
      life.endedAt = Date.now();
    });
    await Promise.race([once(child.stdout as NonNullable<typeof child.stdout>, "data"), ended]); // piped
  }

  /** Ends it as a crash of the machine would. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  /** Lets it end what it runs. */
  async stop(): Promise<void> {
    const tooLong = setTimeout(() => this.#child?.kill("SIGKILL"), shutdownBoundMs);
    const from = Date.now();
    await this.#end("SIGTERM");
    clearTimeout(tooLong);
    if (Date.now() - from >= shutdownBoundMs)
      throw new Error(`server ${this.life} did not shut down within ${shutdownBoundMs} ms; see its log`);
  }

  /** Stops it without its knowing. Another process lets it go on, so that none stays stopped whatever happens here. */
  async pause(forMs: number): Promise<void> {
    const script = 'kill -s STOP "$1"; sleep "$2"; kill -s CONT "$1"';
    const shell = spawn("sh", ["-c", script, "pause", String(this.#child?.pid), String(forMs / 1_000)]);
    await once(shell, "exit");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }
}
