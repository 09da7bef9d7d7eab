import { faults } from "./faults.js";
import type { Happened } from "./happened.js";
import type { Execution, Recorded } from "./records.js";
import { leaseMs } from "./settings.js";
import type { Life } from "./worker-process.js";

/** A time in which servers may lose what they hold. */
export interface Window {
  readonly title: string;
  readonly from: number;
  readonly until: number;
  /** The one that may; undefined for every server. */
  readonly life: string | undefined;
  readonly isRestartOfBroker: boolean;
}

/** For how long after a pause a server may still take what was on its way to it before. */
const onItsWayMs = 500;

/**
 * When servers may have lost what they held: by the faults, and by pauses that this machine made by itself.
 *
 * @param acksInMemoryMs how long before a crash of the broker an ack may have come that it forgot
 */
export function windowsOf(
  happened: readonly Happened[],
  { alive }: Recorded,
  acksInMemoryMs: number,
): readonly Window[] {
  const windows: Window[] = happened
    .filter(({ name }) => faults[name].hits !== "no server")
    .map(({ name, from, until, life }) => ({
      ...{ title: faults[name].title, life },
      from: name === "restartBroker" ? from - acksInMemoryMs : from,
      until: name === "pause" ? until + onItsWayMs : until,
      isRestartOfBroker: name === "restartBroker",
    }));
  const last = new Map<string, number>();
  for (const { life, at } of alive) {
    const before = last.get(life) ?? at;
    last.set(life, at);
    const isPlanned = windows.some((one) => one.life === life && one.from <= at && one.until >= before);
    // Half of the lease: a renewal is due after a third.
    if (at - before > leaseMs / 2 && !isPlanned)
      windows.push({
        title: "the machine gave a server no time",
        ...{ from: before, until: at + onItsWayMs, life, isRestartOfBroker: false },
      });
  }
  return windows;
}

/**
 * Whether an execution was in doubt in a window: received, and not known to be settled. The broker may then have it run
 * once more, since nobody can know whether it was done.
 */
export function isDoubtful(
  { life, receivedAt, clearAt }: Execution,
  window: Window,
  lives: ReadonlyMap<string, Life>,
): boolean {
  const end = clearAt ?? lives.get(life)?.endedAt ?? Number.POSITIVE_INFINITY;
  const isHit = window.life === undefined || window.life === life;
  return isHit && receivedAt <= window.until && end >= window.from;
}
