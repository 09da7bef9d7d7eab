import { afterBound } from "./after-bound.js";
import type { Clock } from "./clock.js";

/**
 * Settles as `promise` does, or to what `otherwise` returns (it may throw) once `boundMs` are over, as `afterBound`
 * counts them. The promise itself goes on: a bounded call does not undo itself.
 */
export function bounded<T>(
  promise: Promise<T>,
  boundMs: number,
  otherwise: () => T,
  clock?: Clock,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      try {
        resolve(otherwise());
      } catch (error) {
        reject(error);
      }
    };
    const timer = afterBound(boundMs, giveUp, clock);
    promise.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      (error) => {
        timer.cancel();
        reject(error);
      },
    );
  });
}
