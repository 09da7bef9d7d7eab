import { setImmediate as turn } from "node:timers/promises";
import { type Backend, type Entry, ErrorCode, isFinished, type Stored, YTaskError } from "@ytask/core/driver";
import type { BackendBreak } from "./break-backend.js";

/** A backend that breaks the contract in one way, and the behaviours whose tests must fail for it. */
export interface BrokenBackend {
  readonly broken: BackendBreak;
  readonly caughtBy: readonly string[];
}

/** A backend that sets something else than it was told. */
const setting =
  (change: (entry: Entry) => Entry): BackendBreak =>
  (inner) => ({ set: (entries) => inner.set(entries.map(change)) });

/** A backend that reads, and then writes. */
const readThenWrite =
  (unless: Entry["unless"], isKept: (value: string) => boolean): BackendBreak =>
  (inner) => ({
    async set(entries) {
      const outcomes: Stored[] = [];
      for (const entry of entries) {
        const [value] = entry.unless === unless ? await inner.get([entry.key]) : [];
        await turn();
        if (value !== undefined && isKept(value)) outcomes.push({ kind: "kept" });
        else outcomes.push(...(await inner.set([entry.unless === unless ? plain(entry) : entry])));
      }
      return outcomes;
    },
  });

/** A backend that takes some calls a moment later than others. */
const slowAt =
  (isSlow: (entries: readonly Entry[]) => boolean): BackendBreak =>
  (inner) => ({
    async set(entries) {
      if (isSlow(entries)) await turn();
      return inner.set(entries);
    },
  });

const plain = ({ key, value, expiresInSeconds }: Entry): Entry => ({ key, value, expiresInSeconds });

export const brokenBackends: Readonly<Record<string, BrokenBackend>> = {
  "overwrites a finished result": {
    broken: setting((entry) => (entry.unless === "finished" ? plain(entry) : entry)),
    caughtBy: [
      "`unless: finished` keeps a finished result, and replaces any other",
      "of two entries for one key in a batch",
    ],
  },
  "takes every status 4 for finished": {
    broken: readThenWrite("finished", (value) => /"Status"\s*:\s*[4567]/.test(value)),
    caughtBy: ["`unless: finished` keeps a finished result, and replaces any other"],
  },
  "checks for a finished result and writes in two steps": {
    broken: readThenWrite("finished", isFinished),
    caughtBy: ["of two servers that finish one task at once the first one's result stands"],
  },
  "looks for finished results in the first ten entries of a batch only": {
    broken: (inner) => ({
      set: (entries) =>
        inner.set(
          entries.map((entry, index) => (index >= 10 && entry.unless === "finished" ? plain(entry) : entry)),
        ),
    }),
    caughtBy: [
      "of a batch of two hundred with `unless: finished` each finished result is kept",
      "of two servers that finish two hundred tasks at once",
    ],
  },
  "checks and writes in two steps beyond the first ten entries of a batch": {
    broken: (inner) => ({
      set: async (entries) => [
        ...(await inner.set(entries.slice(0, 10))),
        ...((await readThenWrite("finished", isFinished)(inner).set?.(entries.slice(10))) ?? []),
      ],
    }),
    caughtBy: ["of two servers that finish two hundred tasks at once"],
  },
  "checks for a value and writes in two steps": {
    broken: readThenWrite("present", () => true),
    caughtBy: ["of fifty sets at once with `unless: present` one is stored"],
  },
  "never stores over what is present": {
    broken: setting((entry) => ({ ...entry, unless: "present" })),
    caughtBy: ["a value that is set again has the new value and the new expiry"],
  },
  "forgets the expiry": {
    broken: setting(({ expiresInSeconds: _none, ...entry }) => entry),
    caughtBy: ["a value is gone when its expiry is over", "`unless: present` stores where nothing is"],
  },
  "forgets the expiry of what is stored unless a result is finished": {
    broken: setting((entry) =>
      entry.unless === "finished" ? { ...entry, expiresInSeconds: undefined } : entry,
    ),
    caughtBy: ["what is stored with `unless: finished` has its own expiry"],
  },
  "lets everything expire": {
    broken: setting(({ expiresInSeconds = 1, ...entry }) => ({ ...entry, expiresInSeconds })),
    caughtBy: ["a value that is set again has the new value and the new expiry"],
  },
  "takes more than 30 days for a date": {
    broken: setting((entry) => {
      const { expiresInSeconds = 1 } = entry;
      return expiresInSeconds > 2_592_000 ? { ...entry, expiresInSeconds: -1 } : entry;
    }),
    caughtBy: ["an expiry of more than 30 days, or of years, is kept"],
  },
  "keeps the first expiry": {
    broken: keepsTheFirstExpiry,
    caughtBy: ["a value that is set again has the new value and the new expiry"],
  },
  "makes keys fit for its server, and no longer different": {
    broken: (inner) => ({
      set: (entries) => inner.set(entries.map((entry) => ({ ...entry, key: entry.key.replace(/\s/g, "_") }))),
      get: (keys) => inner.get(keys.map((key) => key.replace(/\s/g, "_"))),
    }),
    caughtBy: ["a key may hold any characters and be long"],
  },
  "cuts texts off": {
    broken: setting((entry) => ({ ...entry, value: entry.value.split("\0", 1).join("") })),
    caughtBy: ["a value is read as it was stored, whatever text it is"],
  },
  "cuts off what is longer than 1 MiB": {
    broken: setting((entry) => ({ ...entry, value: entry.value.slice(0, 2 ** 20) })),
    caughtBy: ["a value of 1.5 MB is stored whole or fails"],
  },
  "fails a whole batch for a value that is too large": {
    broken: (inner) => ({
      async set(entries) {
        if (!entries.some(({ value }) => value.length > 2 ** 20)) return inner.set(entries);
        const error = new YTaskError(ErrorCode.TooLarge, "too large");
        return entries.map(() => ({ kind: "failed", error }));
      },
    }),
    caughtBy: ["a value of 1.5 MB is stored whole or fails"],
  },
  "leaves out what is missing": {
    broken: (inner) => ({
      get: async (keys) => (await inner.get(keys)).filter((value) => value !== undefined),
    }),
    caughtBy: [
      "a batch gives each outcome and each value at its place",
      "a key that was never set is undefined",
    ],
  },
  "gives outcomes in another order": {
    broken: (inner) => ({ set: async (entries) => [...(await inner.set(entries))].reverse() }),
    caughtBy: ["a batch gives each outcome and each value at its place"],
  },
  "stores a batch in any order": {
    broken: (inner) => ({ set: (entries) => inner.set([...entries].reverse()) }),
    caughtBy: ["of two entries for one key in a batch each is taken in turn, and the later stands"],
  },
  "is slower at several entries than at one": {
    broken: slowAt((entries) => entries.length > 1),
    caughtBy: ["of two calls for one key, whatever else they set, the later stands"],
  },
  "is slower at a long value": {
    broken: slowAt((entries) => entries.some(({ value }) => value.length > 50_000)),
    caughtBy: ["of two calls for one key, whatever else they set, the later stands"],
  },
  "is slower at entries of no `unless`": {
    broken: slowAt((entries) => entries.some(({ unless }) => unless === undefined)),
    caughtBy: ["of two calls for one key, whatever else they set, the later stands"],
  },
  "rejects a set": {
    broken: (inner) => ({
      async set(entries) {
        const outcomes = await inner.set(entries);
        for (const outcome of outcomes) if (outcome.kind === "failed") throw outcome.error;
        return outcomes;
      },
    }),
    caughtBy: [
      "while the server cannot be reached a set fails without rejecting",
      "a closed backend rejects a get",
    ],
  },
  "writes later what it gave up": {
    broken: writesLater,
    caughtBy: ["while the server cannot be reached a set fails without rejecting"],
  },
  "finds nothing where it cannot read": {
    broken: (inner) => ({ get: (keys) => inner.get(keys).catch(() => keys.map(() => undefined)) }),
    caughtBy: ["while the server cannot be reached a set fails", "a closed backend rejects a get"],
  },
  "says stored before it is": {
    broken: (inner) => ({
      async set(entries) {
        setImmediate(() => void inner.set(entries));
        return entries.map(() => ({ kind: "stored" }));
      },
    }),
    caughtBy: ["sets and gets may overlap", "a value is read as it was stored"],
  },
  "lets what lasts expire early": {
    broken: setting(({ expiresInSeconds = 0, ...entry }) =>
      expiresInSeconds > 2
        ? { ...entry, expiresInSeconds: expiresInSeconds / 3 }
        : { ...entry, expiresInSeconds },
    ),
    caughtBy: ["a value is gone when its expiry is over"],
  },
  "lets what is brief expire late": {
    broken: setting((entry) => (entry.expiresInSeconds === 1 ? { ...entry, expiresInSeconds: 2.5 } : entry)),
    caughtBy: ["a value is gone when its expiry is over"],
  },
  "takes the first entry's expiry for a batch": {
    broken: (inner) => ({
      set: (entries) =>
        inner.set(entries.map((entry) => ({ ...entry, expiresInSeconds: entries[0]?.expiresInSeconds }))),
    }),
    caughtBy: ["a value is gone when its expiry is over"],
  },
  "remembers that nothing was there": {
    broken: remembersThatNothingWasThere,
    caughtBy: ["what another stores is read at once, whatever was read before"],
  },
  "looks for steps that wait at the beginning of a result": {
    broken: readThenWrite("finished", (value) => isFinished(value.slice(0, 10_000))),
    caughtBy: ["`unless: finished` keeps a finished result, and replaces any other"],
  },
  "leaves calls hanging that are out at its close": {
    broken: (inner) => atItsClose(inner, () => new Promise(() => {})),
    caughtBy: ["a call that is out when its backend closes settles"],
  },
  "says stored of what its close drops": {
    broken: (inner) => atItsClose(inner, async (entries) => entries.map(() => ({ kind: "stored" }))),
    caughtBy: ["a call that is out when its backend closes settles"],
  },
  "loses everything at its close": {
    broken: (inner) => {
      const keys = new Set<string>();
      return {
        set(entries) {
          for (const { key } of entries) keys.add(key);
          return inner.set(entries);
        },
        async close() {
          await inner.set([...keys].map((key) => ({ key, value: "lost" })));
          await inner.close();
        },
      };
    },
    caughtBy: ["a closed backend can be connected again, and what was stored is still there"],
  },
  "never tells of a set": {
    broken: () => ({ watch: async () => async () => {} }),
    caughtBy: [
      "a watch tells each of its listeners of a set from anywhere",
      "three hundred keys are watched at once",
    ],
  },
  "goes on telling after the end of a watch": {
    broken: (inner) => ({
      async watch(key, onSet) {
        await inner.watch?.(key, onSet);
        return async () => {};
      },
    }),
    caughtBy: ["a watch that was ended tells no more"],
  },
};

function keepsTheFirstExpiry(inner: Backend): Partial<Backend> {
  const first = new Map<string, number | undefined>();
  return {
    set: (entries) =>
      inner.set(
        entries.map((entry) => {
          if (!first.has(entry.key)) first.set(entry.key, entry.expiresInSeconds);
          return { ...entry, expiresInSeconds: first.get(entry.key) };
        }),
      ),
  };
}

function writesLater(inner: Backend): Partial<Backend> {
  const givenUp: Entry[] = [];
  return {
    async set(entries) {
      const outcomes = await inner.set(entries);
      const failed = entries.filter((_, index) => outcomes[index]?.kind === "failed");
      if (failed.length > 0) givenUp.push(...failed);
      else if (givenUp.length > 0) await inner.set(givenUp.splice(0));
      return outcomes;
    },
  };
}

function remembersThatNothingWasThere(inner: Backend): Partial<Backend> {
  const missing = new Set<string>();
  return {
    async get(keys) {
      const values = await inner.get(keys);
      for (const [index, key] of keys.entries()) if (values[index] === undefined) missing.add(key);
      return values.map((value, index) => (missing.has(keys[index] ?? "") ? undefined : value));
    },
    set(entries) {
      for (const { key } of entries) missing.delete(key);
      return inner.set(entries);
    },
  };
}

/** @param instead what becomes of a set that is out when the backend closes */
function atItsClose(inner: Backend, instead: Backend["set"]): Partial<Backend> {
  let isClosed = false;
  return {
    async set(entries) {
      const wasClosed = isClosed;
      await turn();
      return isClosed && !wasClosed ? instead(entries) : inner.set(entries);
    },
    close() {
      isClosed = true;
      return inner.close();
    },
  };
}
