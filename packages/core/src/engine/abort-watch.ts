import type { TurnoverMap } from "../collections/turnover-map.js";
import { ErrorCode, YTaskError } from "../errors.js";
import { abortKey } from "../keys.js";
import type { ResultStore } from "../results/result-store.js";
import type { Clock, Timer } from "../time/clock.js";
import { isAbortFlag } from "./before-run/inspect.js";
import type { Execution } from "./execution.js";

/** How often the flags of running tasks are read: a signal fires within a second of the abort. */
const intervalMs = 400;
const largestBatch = 500;

/** Looks up whether running tasks were aborted, in one call for all of them, and fires their signals. */
export class AbortWatch {
  readonly #store: ResultStore;
  readonly #clock: Clock;
  readonly #running: TurnoverMap<Execution, true>;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(store: ResultStore, clock: Clock, running: TurnoverMap<Execution, true>) {
    this.#store = store;
    this.#clock = clock;
    this.#running = running;
  }

  /** Call it when a task starts. The watch ends by itself while no task runs. */
  start(): void {
    if (this.#timer === undefined && !this.#isStopped) this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #schedule(): void {
    this.#timer = this.#clock.after(intervalMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const before = this.#clock.elapsed() - intervalMs / 2;
    const running = [...this.#running.keys()].filter(
      (execution) => execution.startedAt <= before && !execution.isAborted,
    );
    for (let from = 0; from < running.length; from += largestBatch)
      await this.#lookAt(running.slice(from, from + largestBatch));
    this.#timer = undefined;
    if (this.#running.size > 0) this.start();
  }

  async #lookAt(executions: readonly Execution[]): Promise<void> {
    const values = await this.#store.get(executions.map(({ id }) => abortKey(id)));
    executions.forEach((execution, index) => {
      if (!isAbortFlag(values?.[index])) return;
      execution.isAborted = true;
      execution.fire(new YTaskError(ErrorCode.AbortTask, `the task ${execution.id} was aborted`));
    });
  }
}
