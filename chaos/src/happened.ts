import { setTimeout as sleep } from "node:timers/promises";
import { type FaultName, type Field, faults } from "./faults.js";
import type { Planned } from "./schedule.js";

/** A fault that happened. */
export interface Happened {
  readonly name: FaultName;
  from: number;
  until: number;
  /** The life of the server that it hit, where it hit one. */
  readonly life: string | undefined;
}

/**
 * Lets the faults of a schedule happen. What concerns one server, or the broker, waits until the fault before it there
 * is over. Resolves when all are over, and to what happened.
 */
export async function letHappen(
  planned: readonly Planned[],
  field: Field,
  onFault: (happened: Happened) => void,
): Promise<readonly Happened[]> {
  const startedAt = Date.now();
  const all: Happened[] = [];
  const before = new Map<unknown, Promise<void>>();
  const running = planned.map(async (fault) => {
    await sleep(Math.max(0, startedAt + fault.afterMs - Date.now()));
    const server = field.servers[fault.server];
    if (server === undefined) throw new RangeError(`there is no server ${fault.server}`);
    const place = placeOf(fault.name, fault.server);
    const happening = (before.get(place) ?? Promise.resolve()).then(async () => {
      const { hits, run } = faults[fault.name];
      const life = hits === "one server" ? server.life : undefined;
      const happened: Happened = {
        name: fault.name,
        from: Date.now(),
        until: Number.POSITIVE_INFINITY,
        life,
      };
      all.push(happened);
      const over = () => {
        happened.until = Math.min(happened.until, Date.now());
      };
      const moment = await run(field, server, fault.forMs, over);
      over();
      Object.assign(happened, moment);
      onFault(happened);
    });
    before.set(place, happening);
    await happening;
  });
  await Promise.all(running);
  return all;
}

/** Faults of one place come one after the other. */
function placeOf(name: FaultName, server: number): unknown {
  if (name === "kill" || name === "pause" || name === "stop") return server;
  return name === "stopBackend" ? "backend" : "broker";
}
