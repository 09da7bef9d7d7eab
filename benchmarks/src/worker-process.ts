import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Servers } from "./contestant.js";

export interface WorkerSettings {
  readonly contestantName: string;
  readonly servers: Servers;
  readonly queue: string;
  readonly concurrency: number;
}

/** What a worker says when it stopped: the index of each task that it ran, and its CPU time since `go`. */
export interface WorkerReport {
  readonly ran: readonly number[];
  readonly cpuMicroseconds: number;
}

export type ToWorker =
  | { readonly kind: "load"; readonly settings: WorkerSettings }
  | { readonly kind: "go" | "stop" };
export type FromWorker =
  | { readonly kind: "loaded" }
  | { readonly kind: "done"; readonly count: number }
  | { readonly kind: "stopped"; readonly report: WorkerReport };

/** A server in a process of its own. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #report: Promise<WorkerReport>;

  /** Resolves once the process is ready to begin. */
  static async start(settings: WorkerSettings, onDone: () => void): Promise<WorkerProcess> {
    const child = fork(fileURLToPath(new URL("./worker.js", import.meta.url)));
    const worker = new WorkerProcess(child, onDone);
    child.send({ kind: "load", settings } satisfies ToWorker);
    await once(child, "message");
    return worker;
  }

  private constructor(child: ChildProcess, onDone: () => void) {
    this.#child = child;
    this.#report = new Promise((resolve, reject) => {
      child.once("exit", (code) => reject(new Error(`a worker process ended with ${code}`)));
      child.on("message", (message: FromWorker) => {
        if (message.kind === "stopped") resolve(message.report);
        if (message.kind === "done") for (let count = 0; count < message.count; count++) onDone();
      });
    });
    this.#report.catch(() => undefined); // `stop` tells
  }

  go(): void {
    this.#child.send({ kind: "go" } satisfies ToWorker);
  }

  async stop(): Promise<WorkerReport> {
    this.#child.send({ kind: "stop" } satisfies ToWorker);
    const report = await this.#report;
    this.#child.kill("SIGKILL");
    return report;
  }
}
