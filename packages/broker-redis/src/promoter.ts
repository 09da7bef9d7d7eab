import type { Connection } from "@ytask-internal/redis-connection";
import { Loop } from "./loop.js";
import type { QueueKeys } from "./queue-keys.js";
import { promote } from "./scripts/promote.js";

/** The longest and the shortest rest between two looks, in milliseconds: how late a message can be, and how busy this is. */
const longestRestMs = 25;
const shortestRestMs = 3;
const mostAtOnce = 1_000;

export interface PromoterOptions {
  /** To be called when there may be messages that no blocking move sees. */
  readonly onHidden: () => void;
  readonly onError: (error: Error) => void;
}

/**
 * Moves delayed messages into the queue when they are due. It sleeps on this side: Redis rounds the time-outs of
 * blocking calls too coarsely.
 */
export function startPromoter(connection: Connection, keys: QueueKeys, options: PromoterOptions): Loop {
  const loop = new Loop(async () => {
    const { moved, nextInMs, hidden } = await promoteDue(connection, keys);
    if (moved > 0 || hidden > 0) options.onHidden();
    if (moved === mostAtOnce) return 0;
    return nextInMs < 0 ? longestRestMs : Math.min(longestRestMs, Math.max(shortestRestMs, nextInMs));
  }, options.onError);
  loop.hurry();
  return loop;
}

async function promoteDue(
  connection: Connection,
  keys: QueueKeys,
): Promise<{ readonly moved: number; readonly nextInMs: number; readonly hidden: number }> {
  const reply = await connection.use((client) =>
    promote.run(client, [keys.delayed, keys.queue, keys.arrived, keys.returned], [mostAtOnce]),
  );
  const [moved, nextInMs, hidden] = reply as [number, number, number]; // what the script returns
  return { moved, nextInMs, hidden };
}
