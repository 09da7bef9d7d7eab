import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { QueueType } from "../../src/index.js";

/** A server in a process of its own: see worker.mjs. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  /** What the task `note` was given, and `begun 1` and `ended 1` of the task `run`. */
  readonly notes: string[] = [];
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<unknown>;

  constructor(url: string, group: string, queueType: QueueType, concurrency = 4) {
    const file = fileURLToPath(new URL("./worker.mjs", import.meta.url));
    this.#child = spawn(process.execPath, [file, url, group, queueType, String(concurrency)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.ended = once(this.#child, "exit");
    if (this.#child.stdout === null) throw new Error("the worker has no standard output");
    createInterface(this.#child.stdout).on("line", (line) => this.notes.push(line));
  }

  /** The numbers of the tasks `run` that began or ended here, each time that they did. */
  numbers(what: "begun" | "ended"): readonly number[] {
    return this.notes.filter((note) => note.startsWith(what)).map((note) => Number(note.split(" ")[1]));
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.ended;
  }
}
