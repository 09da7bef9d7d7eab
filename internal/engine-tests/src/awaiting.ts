import { setTimeout as sleep } from "node:timers/promises";
import type { Server, ServerEvents } from "@ytask/core";

/** A promise, and the functions that settle it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T = void>(): Deferred<T> {
  let settle: Omit<Deferred<T>, "promise"> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (settle === undefined) throw new Error("a promise calls its executor at once");
  return { promise, ...settle };
}

/** The next event of that name. Call it before what brings the event about. */
export function next<Name extends keyof ServerEvents>(
  server: Server,
  name: Name,
): Promise<ServerEvents[Name][0]> {
  return new Promise((resolve) => {
    const listener = (...[event]: ServerEvents[Name]): void => {
      server.off(name, listener);
      resolve(event);
    };
    server.on(name, listener);
  });
}

/** Looks again and again until `look` answers true. The test's own time limit ends it. */
export async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await look())) await sleep(10);
}

/** Settles when the signal fires, with its reason. */
export const fired = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(signal.reason);
    signal.addEventListener("abort", () => resolve(signal.reason), { once: true });
  });
