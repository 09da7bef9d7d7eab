import type { ChannelModel } from "amqplib";
import { bytesFrom, endNow } from "./socket.js";

/** How often the server is asked for a sign of life, in milliseconds. */
const intervalMs = 1_000;

/**
 * Ends a connection whose server is silent, so that it is reopened. Heartbeats cannot be short: the server counts them
 * too, and would drop a client whose event loop a task blocks. So the client asks by itself. An answer can be late,
 * behind a large message on a slow line, but then other bytes arrive.
 */
export function watch(model: ChannelModel, commandTimeoutMs: number): void {
  const allowed = Math.ceil(commandTimeoutMs / intervalMs);
  let silent = 0;
  let received: number | undefined;
  let ask: (() => void) | undefined;
  let blocked = false;
  // A server in alarm reads nothing from a publisher: then silence does not mean that it is dead.
  model.on("blocked", () => {
    blocked = true;
  });
  model.on("unblocked", () => {
    blocked = false;
    silent = 0;
  });
  // Counts ticks, not time: after a blocked event loop one tick is late, and what arrived is read before the next one.
  const timer = setInterval(() => {
    if (blocked) return;
    const before = received;
    received = bytesFrom(model);
    if (received !== before) silent = 0;
    if (silent++ >= allowed) endNow(model, new Error(`no answer for ${commandTimeoutMs} ms`));
    else ask?.();
  }, intervalMs);
  timer.unref();
  model.once("close", () => clearInterval(timer));
  question(model).then(
    (asks) => {
      ask = asks;
    },
    // The connection closed in the meantime, or has no channel left; heartbeats still guard it then.
    () => undefined,
  );
}

/** A question on a channel of its own that costs the server nothing. */
async function question(model: ChannelModel): Promise<() => void> {
  const channel = await model.createChannel();
  channel.on("error", () => undefined);
  let asking = false;
  return () => {
    if (asking) return;
    asking = true;
    channel
      .prefetch(1)
      .catch(() => undefined)
      .finally(() => {
        asking = false;
      });
  };
}
