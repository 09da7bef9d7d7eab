import { ErrorCode, messageOf, YTaskError } from "./errors.js";
import type { Logger } from "./log/logger.js";
import { onAbort } from "./on-abort.js";
import { bounded } from "./time/bounded.js";
import type { Clock, Timer } from "./time/clock.js";

const firstPauseMs = 100;
const longestPauseMs = 1_000;

interface Limits {
  /** Milliseconds after which it gives up. */
  readonly boundMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends the attempts when it fires. */
  readonly signal: AbortSignal;
}

/**
 * Calls `attempt` until it succeeds, as long as trying again can help.
 *
 * @throws what `attempt` threw last; YTaskError `ServerStop` if the signal fired, `Connection` if an attempt never
 * settled
 */
export async function untilConnected<T>(attempt: () => Promise<T>, limits: Limits): Promise<T> {
  const { boundMs, clock, logger, signal } = limits;
  const endsAt = clock.elapsed() + boundMs;
  let before = "";
  const noAnswer = (): never => {
    const message = `the broker did not answer in time; check that it is reachable${before}`;
    throw new YTaskError(ErrorCode.Connection, message);
  };
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    if (signal.aborted) throw stopped();
    try {
      return await bounded(
        orStopped(attempt(), signal),
        Math.max(0, endsAt - clock.elapsed()),
        noAnswer,
        clock,
      );
    } catch (error) {
      const canHelp = YTaskError.isInstance(error, ErrorCode.Connection);
      if (!canHelp || clock.elapsed() + pauseMs >= endsAt) throw error;
      before = ` (before: ${messageOf(error)})`;
      logger.warn("cannot reach the broker; trying again", { error: messageOf(error) });
      await pause(pauseMs, clock, signal);
    }
  }
}

const stopped = (): YTaskError =>
  new YTaskError(ErrorCode.ServerStop, "the server was shut down while it started");

async function pause(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  let timer: Timer | undefined;
  try {
    await orStopped(new Promise<void>((resolve) => (timer = clock.after(ms, resolve))), signal);
  } finally {
    timer?.cancel();
  }
}

function orStopped<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const unlisten = onAbort(signal, () => reject(stopped()));
    promise.then(resolve, reject).finally(unlisten);
  });
}
