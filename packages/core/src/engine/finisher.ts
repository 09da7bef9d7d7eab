import type { Outcome, Settlement } from "../broker.js";
import { mapPacked } from "../collections/map-packed.js";
import type { Conclusion } from "./conclude.js";
import type { Engine } from "./engine.js";
import type { Execution } from "./execution.js";
import { callOnComplete } from "./on-complete.js";

/** How many tasks ended, and how many were given back. */
export interface Tally {
  completed: number;
  released: number;
}

/** Settles, and calls `onOutcome` with the index of each once its outcome is known. Never rejects. */
export type SettleAll = (
  settlements: readonly Settlement[],
  onOutcome: (index: number, outcome: Outcome) => void,
) => void;

/** @param failure the error for which the task was to be retried, if it was */
export type OnRefused = (execution: Execution, error: Error, failure?: unknown) => void;

class Concluded {
  constructor(
    readonly execution: Execution,
    readonly conclusion: Conclusion,
    readonly onEnd: () => void,
  ) {}
}

/**
 * Stores the result, settles, announces: in this order, so that a crash between two steps loses nothing. What is
 * concluded in one turn of the event loop takes these steps together: one promise per step instead of one per task.
 */
export class Finisher {
  readonly #engine: Engine;
  readonly #settle: SettleAll;
  readonly #tally: Tally;
  readonly #onRefused: OnRefused;
  #concluded: Concluded[] = [];

  /** @param onRefused called instead of `onEnd` for what the broker can never store in a delivery's place */
  constructor(engine: Engine, settle: SettleAll, tally: Tally, onRefused: OnRefused) {
    this.#onRefused = onRefused;
    this.#engine = engine;
    this.#settle = settle;
    this.#tally = tally;
  }

  /** @param onEnd called once nothing is left to do for it */
  finish(execution: Execution, conclusion: Conclusion, onEnd: () => void): void {
    const { result, settlement } = conclusion;
    // After a lost lease another server may run the task: store no status on the way, and no failure. It may have failed
    // only because its signal told it of the loss, and the other server would take the result for its own.
    const isOvertaken = execution.isLost && settlement.kind !== "ack";
    if (result !== undefined && !isOvertaken) this.#engine.writer?.store(result);
    if (this.#concluded.length === 0) setImmediate(() => void this.#finishAll());
    this.#concluded.push(new Concluded(execution, conclusion, onEnd));
  }

  async #finishAll(): Promise<void> {
    const all = this.#concluded;
    this.#concluded = [];
    await this.#engine.writer?.flush();
    const settlements = mapPacked(all, ({ conclusion }) => conclusion.settlement);
    this.#settle(settlements, (index, outcome) => {
      const concluded = all[index];
      if (concluded !== undefined) this.#end(concluded, outcome);
    });
  }

  #end({ execution, conclusion, onEnd }: Concluded, outcome: Outcome): void {
    if (typeof outcome === "object") {
      this.#onRefused(execution, outcome.error, conclusion.error);
      return;
    }
    if (outcome === "lost") {
      if (!execution.isLost) tellOfLoss(this.#engine, execution, "it was settled too late");
      this.#engine.lateSuccesses.note(execution, conclusion);
    }
    if (outcome === "unknown")
      execution.warn("a delivery could not be settled before the server closed; it will be delivered again");
    const completing = outcome === "settled" ? this.#tell(execution, conclusion) : undefined;
    if (completing === undefined) onEnd();
    else void completing.then(onEnd);
  }

  /** Announces what became of a task. Returns a promise if there is a callback to wait for. */
  #tell(
    execution: Execution,
    { result, settlement, event, error, reason }: Conclusion,
  ): Promise<void> | undefined {
    const { announcer, options } = this.#engine;
    this.#tally[settlement.kind === "release" ? "released" : "completed"]++;
    if (event === undefined) return undefined;
    const now = options.clock.elapsed();
    announcer.announce(event, execution, now, { error, reason: event === "aborted" ? reason : undefined });
    if (settlement.kind === "deadLetter")
      announcer.announce("deadLettered", execution, now, { error, reason });
    if (result === undefined || event === "retried" || execution.task?.options.onComplete === undefined)
      return undefined;
    return callOnComplete(execution, result);
  }
}

/** Announces that a task may be running on another server by now. */
export const tellOfLoss = ({ announcer, options }: Engine, execution: Execution, reason: string): void =>
  announcer.announce("leaseLost", execution, options.clock.elapsed(), { reason });
