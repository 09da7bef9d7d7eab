import { setImmediate as turn } from "node:timers/promises";
import { awaitedLater } from "../settles.js";
import type { BoundedBroker } from "./bounded-broker.js";
import type { BrokerBench } from "./broker-bench.js";

/** Multiples of it, without what is before the point, are spread evenly from 0 to 1, however many there are. */
const goldenRatio = 0.618;

/** A number for each call of `crashDuring`, where so many are cut. */
export const callersOf = (crashes: number): readonly number[] =>
  Array.from({ length: 1 + crashes }, (_, index) => index);

/** A call of a broker that makes no other. */
export interface Call<T> {
  readonly broker: BoundedBroker;
  make(): Promise<T>;
}

/**
 * Makes the calls one after another, and takes the connection of each broker away in the middle of its own. The first is
 * left whole, and tells how long such a call takes; the others are cut at moments that are spread over that time, since
 * nobody outside can tell when a driver is between two of its steps. Resolves to what became of each call.
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
    // One that is over already took no longer than the others will.
    if (await isOverWithin(cutAfterMs, making)) wholeMs = performance.now() - beganMs;
    if (index > 0) await bench.cut(broker);
  }
  return Promise.allSettled(made);
}

/** Looks at each turn of the event loop: a timer comes a millisecond later, when many calls are over. */
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
