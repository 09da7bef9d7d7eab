import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { waitUntil } from "@ytask-internal/test-servers";

export interface WorkerOptions {
  readonly url: string;
  readonly group: string;
  readonly leaseMs: number;
  readonly concurrency: number;
}

/** What a worker says. */
interface Line {
  readonly ready?: true;
  readonly event?: string;
  readonly id?: string;
  readonly level?: string;
  readonly message?: string;
  readonly rss?: number;
}

/** A server in a process of its own: see worker.mjs. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly lines: Line[] = [];
  largestRss = 0;

  private constructor(options: WorkerOptions) {
    const { url, group, leaseMs, concurrency } = options;
    const file = fileURLToPath(new URL("./worker.mjs", import.meta.url));
    this.#child = spawn(process.execPath, [file, url, group, String(leaseMs), String(concurrency)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    if (this.#child.stdout === null) throw new Error("the worker has no standard output");
    createInterface(this.#child.stdout).on("line", (text) => this.#take(JSON.parse(text) as Line));
  }

  /** Resolves once it takes work. */
  static async start(options: WorkerOptions): Promise<WorkerProcess> {
    const worker = new WorkerProcess(options);
    await waitUntil("the worker is ready", () => worker.lines.some(({ ready }) => ready));
    return worker;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get lostLeases(): readonly string[] {
    return this.lines.flatMap(({ event, id = "" }) => (event === "leaseLost" ? [id] : []));
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves once it has ended. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill(signal);
    await ended;
  }

  #take(line: Line): void {
    if (line.rss === undefined) this.lines.push(line);
    else this.largestRss = Math.max(this.largestRss, line.rss);
  }
}
