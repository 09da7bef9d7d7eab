import { type Clock, systemClock } from "./clock.js";

/**
 * What `promise` settles to, or what `otherwise` makes (it may throw) once `boundMs` are over. The promise itself goes
 * on: a bounded call does not undo itself.
 */
export function bounded<T>(
  promise: Promise<T>,
  boundMs: number,
  otherwise: () => T,
  clock: Clock = systemClock,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(boundMs, () => {
      try {
        resolve(otherwise());
      } catch (error) {
        reject(error);
      }
    });
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
