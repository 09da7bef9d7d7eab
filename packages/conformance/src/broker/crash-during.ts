import { setImmediate as turn } from "node:timers/promises";
import { awaitedLater } from "../settles.js";
import type { BoundedBroker } from "./bounded-broker.js";
import type { BrokerBench } from "./broker-bench.js";

/** The fractional parts of its multiples are spread evenly from 0 to 1, however many are taken. */
const goldenRatio = 0.618;

/** A number for each call that `crashDuring` needs for this many cuts: the first call is not cut. */
export const callersOf = (crashes: number): readonly number[] =>
  Array.from({ length: 1 + crashes }, (_, index) => index);

/** A call to make, and its broker, which makes no other call meanwhile. */
export interface Call<T> {
  readonly broker: BoundedBroker;
  make(): Promise<T>;
}

/**
 * Makes the calls one after another, and cuts each broker's connection in the middle of its call. The first call is not
 * cut: it shows how long such a call takes. The others are cut at moments spread over that time, since a test cannot
 * see when a driver is between two of its steps. Resolves to the outcome of each call.
 */
export async function crashDuring<T>(
  bench: BrokerBench,
  calls: readonly Call<T>[],
): Promise<readonly PromiseSettledResult<T>[]> {
  const made: Promise<T>[] = [];
  let wholeMs = Number.POSITIVE_INFINITY;
  for (const [index, { broker, make }] of calls.entries()) {
    const beganMs = performance.now();
    const making = awaitedLater(make());
    made.push(making);
    const cutAfterMs = index === 0 ? wholeMs : wholeMs * (((index - 1) * goldenRatio) % 1);
    // If a call ended before its cut, it was quicker than the first: the following cuts must come sooner.
    if (await isOverWithin(cutAfterMs, making)) wholeMs = performance.now() - beganMs;
    if (index > 0) await bench.cut(broker);
  }
  return Promise.allSettled(made);
}

/** Looks in each turn of the event loop. A timer would fire a millisecond late, when many calls are already over. */
async function isOverWithin(ms: number, call: Promise<unknown>): Promise<boolean> {
  const endMs = performance.now() + ms;
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  call.then(end, end);
  while (!isOver && performance.now() < endMs) await turn();
  return isOver;
}
