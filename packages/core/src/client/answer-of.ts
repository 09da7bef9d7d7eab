import { ErrorCode, YTaskError } from "../errors.js";
import { bounded } from "../time/bounded.js";
import type { Clock } from "../time/clock.js";

/** A driver's own bounds come first; this bound is for a driver without any. */
const boundMs = 15_000;

/**
 * Settles as a call to a driver does, within a bound.
 *
 * @param who what the driver is called in the error, such as `the broker`
 * @throws YTaskError `Connection` if the call does not settle within fifteen seconds
 */
export const answerOf = <T>(call: Promise<T>, who: string, clock: Clock): Promise<T> =>
  bounded(
    call,
    boundMs,
    () => {
      throw new YTaskError(
        ErrorCode.Connection,
        `${who} did not answer within ${boundMs} ms; check that it is reachable`,
      );
    },
    clock,
  );
