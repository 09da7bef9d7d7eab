import type { BrokenBroker } from "./broken-brokers.js";
import {
  countsWhatItHoldsItself,
  dropsWhatIsSentAtItsClose,
  forgetsTheCountAtARelease,
  hangsAtItsClose,
  hangsWhileItIsCutOff,
  hasMoreOutAfterEachOutage,
  keepsDelayedReplacementsToItself,
  keepsTheCountOver,
  losesAtItsBrokersClose,
  losesItsHoldAfter,
  losesWhatIsDueWhileNobodyIsThere,
  receivesNothingAfterAnOutage,
  sendsLaterWhatItRejected,
  tellsOneOfThoseWhoWait,
  wakesAtSendsOnly,
} from "./ways-to-fail-later.js";

const outlivesAClose =
  "a delayed message, sent or in place of another, is delivered though who had it closed";
const manyLetters = "of more than a thousand dead letters each is listed";
const atAClose = "a call that is out when its broker closes settles";
const beginsAnew = "what replaces a redelivered message, or is redriven after it was one, has 0 redeliveries";

/** Those whose fault shows when time goes by, when something happens to others, or when there is much of it. */
export const brokersThatFailLater: Readonly<Record<string, BrokenBroker>> = {
  "counts one redelivery, and no more": {
    broken: {
      subscription: (inner) => ({
        receive: async (limit, waitMs) =>
          (await inner.receive(limit, waitMs)).map((delivery) =>
            Object.assign(delivery, { redeliveries: Math.min(1, delivery.redeliveries) }),
          ),
      }),
    },
    caughtBy: ["with each crash of who holds it a message counts more redeliveries"],
  },
  "forgets the redeliveries of what is released": {
    broken: { broker: forgetsTheCountAtARelease() },
    caughtBy: ["each crash counts one redelivery"],
  },
  "keeps the redeliveries of what is redriven": {
    broken: { broker: keepsTheCountOver("deadLetter") },
    caughtBy: [beginsAnew],
  },
  "keeps the redeliveries of what is replaced": {
    broken: { broker: keepsTheCountOver("replace") },
    caughtBy: [beginsAnew],
  },
  "does not renew its lease": {
    broken: { broker: (inner) => losesItsHoldAfter(inner, 60) },
    caughtBy: ["what is held stays with its holder for longer than a crashed one would keep it"],
  },
  "tells one of those who wait": {
    broken: { broker: tellsOneOfThoseWhoWait() },
    caughtBy: ["two subscribers that wait each get one of two messages that are sent at once"],
  },
  "tells who waits of sends, and of nothing else": {
    broken: { broker: wakesAtSendsOnly() },
    caughtBy: ["a receive that waits ends as soon as something is due, given back by a close, redriven"],
  },
  "keeps delayed replacements in its process": {
    broken: { broker: keepsDelayedReplacementsToItself },
    caughtBy: [outlivesAClose],
  },
  "loses what is due while nobody is there": {
    broken: { broker: losesWhatIsDueWhileNobodyIsThere() },
    caughtBy: [outlivesAClose],
  },
  "lists a page of dead letters": {
    broken: {
      deadLetters: (inner) => ({
        list: ({ limit = 100 } = {}) => inner.list({ limit: Math.min(limit, 1_000) }),
      }),
    },
    caughtBy: [manyLetters],
  },
  "redrives a page of dead letters": {
    broken: {
      deadLetters: (inner) => ({
        async redrive(ids, rewrite) {
          const all = ids ?? (await inner.list({ limit: 10_000 })).map(({ id }) => id);
          return inner.redrive(all.slice(0, 1_000), rewrite);
        },
      }),
    },
    caughtBy: ["redrive puts all dead letters back into the queue"],
  },
  "finds dead letters on the first page": {
    broken: {
      deadLetters: (inner) => ({
        find: async (ids) => (await inner.list()).filter(({ id }) => ids.includes(id)),
      }),
    },
    caughtBy: [manyLetters],
  },
  "finds the last letter of a page twice": {
    broken: {
      deadLetters: (inner) => ({
        find: async (ids) => {
          const found = (await inner.find?.(ids)) ?? [];
          return [...found, ...found.slice(199, 200)];
        },
      }),
    },
    caughtBy: [manyLetters],
  },
  "redrives the letters of ids that are on the first page": {
    broken: {
      deadLetters: (inner) => ({
        async redrive(ids, rewrite) {
          const page = (await inner.list()).map(({ id }) => id);
          return inner.redrive(ids && page.filter((id) => ids.includes(id)), rewrite);
        },
      }),
    },
    caughtBy: [manyLetters],
  },
  "counts a page of what it purges": {
    broken: { deadLetters: (inner) => ({ purge: async () => Math.min(1_000, await inner.purge()) }) },
    caughtBy: [manyLetters],
  },
  "loses what a receive takes while the broker closes": {
    broken: { broker: losesAtItsBrokersClose },
    caughtBy: [
      "a subscription, or its broker, that closes while it receives what is just sent loses none of it",
    ],
  },
  "sends later what it rejected": {
    broken: { broker: sendsLaterWhatItRejected },
    caughtBy: ["a send while the server cannot be reached rejects"],
  },
  "receives nothing after an outage": {
    broken: { broker: receivesNothingAfterAnOutage },
    caughtBy: [
      "a broker that was cut off goes on by itself",
      "a broker whose server did not answer goes on by itself",
    ],
  },
  "has more out after each outage": {
    broken: { broker: hasMoreOutAfterEachOutage },
    caughtBy: ["who lost its deliveries more than once has room for as many as at first"],
  },
  "leaves calls hanging that are out at its close": {
    broken: { broker: hangsAtItsClose },
    caughtBy: [atAClose],
  },
  "confirms sends that its close drops": {
    broken: { broker: dropsWhatIsSentAtItsClose },
    caughtBy: [atAClose],
  },
  "leaves rare calls hanging while it is cut off": {
    broken: { broker: hangsWhileItIsCutOff },
    caughtBy: ["every call settles though the connection is broken"],
  },
  "counts as running what it holds itself": {
    broken: { broker: countsWhatItHoldsItself },
    caughtBy: ["counts tell how many messages wait, are delayed, run and are dead"],
  },
};
