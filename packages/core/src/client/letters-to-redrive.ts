import type { DeadLetters, Letter } from "../broker.js";

/**
 * The next letters that are to be sent again: `most` at most, and none once there are no more.
 *
 * @param moved how many of those before were sent
 */
export type NextLetters = (most: number, moved: number) => Promise<readonly Letter[]>;

/** Bounds a call to the broker. */
type Ask = <T>(call: Promise<T>) => Promise<T>;

/**
 * The oldest first, and `count` at most: a task that fails again meanwhile waits for the next call. Letters that others
 * are sending stay at the head, so each page is looked for behind them.
 */
export function allLetters(letters: DeadLetters, count: number, ask: Ask): NextLetters {
  const begun = new Set<string>();
  let page: readonly Letter[] = [];
  let movedBefore = 0;
  let stuck = 0;
  return async (most, moved) => {
    // More are moved than asked for where several have one id, as some that another program made.
    stuck += Math.max(0, page.length - (moved - movedBefore));
    movedBefore = moved;
    const limit = Math.min(most, count - begun.size);
    if (limit <= 0) return [];
    const listed = await ask(letters.list({ limit: stuck + limit }));
    page = listed.filter(({ id }) => !begun.has(id)).slice(0, limit);
    for (const { id } of page) begun.add(id);
    return page;
  };
}

/** Those of the ids that are there. */
export function lettersOf(ids: readonly string[], letters: DeadLetters, ask: Ask): NextLetters {
  const wanted = new Set(ids);
  if (letters.find === undefined) return listedOnce(wanted, letters, ask);
  const left = [...wanted];
  return async (most) => {
    let found: readonly Letter[] = [];
    while (found.length === 0 && left.length > 0)
      found = await ask(letters.find?.(left.splice(0, most)) ?? Promise.resolve([]));
    return found;
  };
}

/** Where the broker only lists them, the oldest are looked at first, since mostly they are meant. */
function listedOnce(wanted: ReadonlySet<string>, letters: DeadLetters, ask: Ask): NextLetters {
  const find = async (): Promise<Letter[]> => {
    for (let limit = wanted.size; ; limit *= 4) {
      const listed = await ask(letters.list({ limit }));
      const found = listed.filter(({ id }) => wanted.has(id));
      if (found.length === wanted.size || listed.length < limit) return found;
    }
  };
  let left: Letter[] | undefined;
  return async (most) => {
    left ??= wanted.size === 0 ? [] : await find();
    return left.splice(0, most);
  };
}
