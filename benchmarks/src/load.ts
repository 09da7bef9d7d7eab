import { randomBytes } from "node:crypto";
import type { Payload, Session } from "./contestant.js";
import { Tally } from "./tally.js";

const bulk = 500;

/** A queue that nothing was ever sent to. */
export const newQueueName = (): string => `bench-${randomBytes(6).toString("hex")}`;

export const payloadOf = (index: number, characters = 100): Payload => ({
  index,
  text: "x".repeat(characters),
});

/** Calls `each` for the indices from `from` to `to`, so many at a time. */
export async function inFlight(
  from: number,
  to: number,
  most: number,
  each: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = from;
  const lane = async (): Promise<void> => {
    while (next < to) await each(next++);
  };
  await Promise.all(Array.from({ length: most }, lane));
}

/** Sends the tasks from index `from` to `to` in the quickest way that the contestant has. */
export async function fill(session: Session, from: number, to: number, characters = 100): Promise<void> {
  const { sendMany } = session;
  if (sendMany === undefined)
    return inFlight(from, to, bulk, (index) => session.send(payloadOf(index, characters)));
  for (let first = from; first < to; first += bulk) {
    const length = Math.min(bulk, to - first);
    await sendMany(Array.from({ length }, (_, index) => payloadOf(first + index, characters)));
  }
}

/** Runs all that was sent, untimed, checks it, and ends the session. */
export async function runAllAndVerify(session: Session, count: number): Promise<void> {
  const tally = new Tally(count);
  const done = tally.until(count);
  const serving = await session.serve(100, tally.run, tally.onDone);
  await done;
  await serving.stop();
  await tally.verify(session);
  await session.close();
}
