import { ErrorCode, YTaskError } from "../errors.js";
import { bounded } from "../time/bounded.js";
import type { Clock } from "../time/clock.js";

/** A driver's own bounds come first; this one is for a driver that has none. */
const boundMs = 15_000;

/**
 * What a call to a driver settles to.
 *
 * @param who how the driver is called in the error, such as `the broker`
 * @throws YTaskError `Connection` where it does not settle within fifteen seconds
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
