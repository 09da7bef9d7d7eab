import type { Backend } from "../backend.js";
import type { DriverHold } from "../driver-hold.js";
import { ErrorCode, YTaskError } from "../errors.js";
import type { Logger } from "../log/logger.js";
import { bounded } from "../time/bounded.js";
import type { Clock } from "../time/clock.js";

/** A backend, the hold on it, and how long one call to it may take. */
export interface HeldBackend {
  readonly backend: Backend;
  readonly hold: DriverHold;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly boundMs: number;
}

/**
 * Makes a call, after a connect if one is needed.
 *
 * @throws what the connect or the call throws; YTaskError `Backend` if both together take longer than the bound
 */
export function callBackend<T>(
  { backend, hold, clock, logger, boundMs }: HeldBackend,
  make: (backend: Backend) => Promise<T>,
): Promise<T> {
  const call = hold.isConnected ? make(backend) : hold.connect({ logger }).then(() => make(backend));
  const giveUp = (): never => {
    throw unanswered(boundMs);
  };
  return bounded(call, boundMs, giveUp, clock);
}

export const unanswered = (boundMs: number): YTaskError =>
  new YTaskError(ErrorCode.Backend, `the backend did not answer within ${boundMs} ms`);
