import type { Outcome, Settlement } from "../broker.js";
import type { Conclusion } from "./conclude.js";
import type { Engine } from "./engine.js";
import type { Execution } from "./execution.js";
import { callOnComplete } from "./on-complete.js";

/** How many tasks ended, and how many were given back. */
export interface Tally {
  completed: number;
  released: number;
}

/** Stores the result, settles, tells: in this order, so that a crash between two of them loses nothing. */
export async function finish(
  engine: Engine,
  execution: Execution,
  { result, settlement, event, error, reason }: Conclusion,
  settle: (settlement: Settlement) => Promise<Outcome>,
  tally: Tally,
): Promise<void> {
  const { writer, announcer, options } = engine;
  // Of a task that may run elsewhere only a finished result may be written: it stands unless another came first.
  const isOvertaken = execution.isLost && settlement.kind === "replace";
  if (result !== undefined && writer !== undefined && !isOvertaken) await writer.store(result);
  const outcome = await settle(settlement);
  if (outcome === "lost" && !execution.isLost) tellOfLoss(engine, execution, "it was settled too late");
  if (outcome === "unknown")
    execution.warn("a delivery could not be settled before the server closed; it will be delivered again");
  if (outcome !== "settled") return;
  tally[settlement.kind === "release" ? "released" : "completed"]++;
  if (event === undefined) return;
  const now = options.clock.now();
  announcer.announce(event, execution, now, { error, reason: event === "aborted" ? reason : undefined });
  if (settlement.kind === "deadLetter") announcer.announce("deadLettered", execution, now, { error, reason });
  if (result !== undefined && event !== "retried") await callOnComplete(execution, result);
}

/** Tells that a task may be running on another server by now. */
export const tellOfLoss = ({ announcer, options }: Engine, execution: Execution, reason: string): void =>
  announcer.announce("leaseLost", execution, options.clock.now(), { reason });
