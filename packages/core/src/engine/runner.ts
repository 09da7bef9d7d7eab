import { runningResult } from "./conclude.js";
import type { Engine } from "./engine.js";
import type { Execution } from "./execution.js";
import { type Ending, Run, runTask } from "./run-task.js";

/** A task whose function keeps the event loop busy for this long gets a warning. */
const blockingMs = 1_000;

/** Runs the tasks of a group, and reports when each began and when it really ended. */
export class Runner {
  readonly #engine: Engine;
  readonly #onEnded: (execution: Execution, tookMs: number) => void;

  /** @param onEnded called once a task's function has really ended, however late: its slot is free */
  constructor(engine: Engine, onEnded: (execution: Execution, tookMs: number) => void) {
    this.#engine = engine;
    this.#onEnded = onEnded;
  }

  /** Runs a task. Unless its ending is late, call `ended` with it. */
  run(execution: Execution): Ending | Promise<Ending> {
    const { task } = execution;
    if (task === undefined) throw new Error("a task that nobody registered cannot be run");
    const { options, writer, announcer } = this.#engine;
    this.#engine.started(execution);
    if (!execution.isLost) writer?.note(execution.id, () => runningResult(execution));
    announcer.announce("started", execution, execution.startedAt);
    const timeoutMs = task.options.timeoutMs ?? options.broker.capabilities.defaultTimeoutMs;
    const running = runTask(new Run(execution, task, options.clock, timeoutMs, this.#onLate));
    const blockedMs = options.clock.elapsed() - execution.startedAt;
    if (blockedMs >= blockingMs)
      execution.warn(
        "a task blocked the event loop: nothing else runs meanwhile, and a lease that is shorter is lost; " +
          "move the work to a worker thread, or raise the broker's leaseMs",
        { blockedMs },
      );
    return running;
  }

  ended(execution: Execution, now: number): void {
    this.#engine.ended(execution);
    this.#onEnded(execution, now - execution.startedAt);
  }

  readonly #onLate = (execution: Execution, timeoutMs: number, end: Promise<void>): void => {
    execution.isLate = true;
    execution.warn("a task ignores its time limit: it failed, and keeps its slot while it still runs", {
      timeoutMs,
    });
    void end.then(() => this.ended(execution, this.#engine.options.clock.elapsed()));
  };
}
