import type { Outgoing } from "@ytask/core/driver";

/** `first`, `first + 1`, … as bodies. */
export const numbered = (count: number, first = 0): readonly string[] =>
  Array.from({ length: count }, (_, index) => String(first + index));

/** A message for each body. */
export const messages = (
  queue: string,
  bodies: readonly string[],
  more: Pick<Outgoing, "front" | "delayMs"> = {},
): readonly Outgoing[] => bodies.map((body) => ({ queue, body, ...more }));
