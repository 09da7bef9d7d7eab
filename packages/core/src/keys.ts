import { ErrorCode, YTaskError } from "./errors.js";

/** 2 for queues shared with the Go original's v2, 3 for its v3. */
export type WireVersion = 2 | 3;

/** `YTask:Query` is what the original's v2 writes (sic). */
const queuePrefix = { 2: "YTask:Query:", 3: "YTask:Queue:" } as const;

/** The queue of a group's tasks. */
export const queueKey = (group: string, version: WireVersion = 3): string => queuePrefix[version] + group;

/** The queue in which the Go original keeps a group's delayed tasks; used with `goCompatible` only. */
export const delayedQueueKey = (group: string, version: WireVersion = 3): string =>
  `${queuePrefix[version]}Delay:${group}`;

/** Where the result of a task is stored. */
export const resultKey = (id: string): string => `YTask:Backend:${id}`;

/** Where the abort flag of a task is stored. */
export const abortKey = (id: string): string => `YTask:Backend:Abort:${id}`;

/** Where a redrive notes that it is sending a dead letter again. The Go original has no such key. */
export const redriveKey = (letter: string): string => `YTask:Backend:Redrive:${letter}`;

/**
 * Refuses a group name that is empty or not a string, that holds braces (they would choose another slot of a Redis
 * Cluster than the group's), that begins with `Delay:` (it would name another group's delayed queue), or that holds
 * half of a surrogate pair.
 */
export function checkGroup(group: unknown): asserts group is string {
  if (typeof group !== "string" || group === "")
    throw new YTaskError(ErrorCode.InvalidArgument, "a group's name must be a string that is not empty");
  // Half of a surrogate pair becomes U+FFFD on its way, and the name that of another group.
  if (/\p{Surrogate}/u.test(group))
    throw new YTaskError(
      ErrorCode.InvalidArgument,
      `the group name ${JSON.stringify(group)} is refused: it holds half of a surrogate pair; choose another`,
    );
  if (/[{}]/.test(group) || group.startsWith("Delay:"))
    throw new YTaskError(
      ErrorCode.InvalidArgument,
      `the group name ${JSON.stringify(group)} is refused: no { or } in it, and no "Delay:" in front; choose another`,
    );
}
