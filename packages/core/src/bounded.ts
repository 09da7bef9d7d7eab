import { type Clock, systemClock } from "./clock.js";

/** A timer that fires this much too late shows that the event loop was blocked, and answers may lie unread. */
const blockedMs = 50;
/** How long to wait for answers that came while the event loop was blocked. */
const secondChanceMs = 100;

/**
 * What `promise` settles to, or what `otherwise` makes (it may throw) once `boundMs` are over. The promise itself goes
 * on: a bounded call does not undo itself. Where the event loop was blocked at the bound, an answer that came in the
 * meantime still counts.
 */
export function bounded<T>(
  promise: Promise<T>,
  boundMs: number,
  otherwise: () => T,
  clock: Clock = systemClock,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const dueMs = clock.now() + boundMs;
    const giveUp = () => {
      try {
        resolve(otherwise());
      } catch (error) {
        reject(error);
      }
    };
    let timer = clock.after(boundMs, () => {
      if (clock.now() - dueMs > blockedMs) timer = clock.after(secondChanceMs, giveUp);
      else giveUp();
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
