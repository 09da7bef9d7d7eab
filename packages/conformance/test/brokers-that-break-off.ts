import type { BrokenBroker } from "./broken-brokers.js";
import {
  deletesBeforeItRedrives,
  forgetsWhatItDidNotStore,
  removesBeforeItBuries,
  removesBeforeItReleases,
  removesBeforeItReplaces,
  replacesInTwoSteps,
  saysThatNothingIsStored,
} from "./ways-to-break-off.js";

/** Those whose fault shows when a call of theirs is cut short, or made while the server cannot be reached. */
export const brokersThatBreakOff: Readonly<Record<string, BrokenBroker>> = {
  "removes what is replaced before it stores what replaces it": {
    broken: { broker: removesBeforeItReplaces },
    caughtBy: ["of a message that is replaced when its subscriber crashes, it or what replaces it is there"],
  },
  "replaces in two steps, and says it were one": {
    broken: { broker: replacesInTwoSteps },
    caughtBy: ["of a message that is replaced when its subscriber crashes, either it or what replaces it"],
  },
  "removes before it dead-letters": {
    broken: { broker: removesBeforeItBuries },
    caughtBy: ["a message that becomes a dead letter when its subscriber crashes"],
  },
  "removes before it puts back what is released": {
    broken: { broker: removesBeforeItReleases },
    caughtBy: ["a message that is released when its subscriber crashes"],
  },
  "deletes dead letters before it sends them again": {
    broken: { broker: deletesBeforeItRedrives },
    caughtBy: ["a dead letter that is redriven when its broker crashes"],
  },
  "says that nothing is stored of a send that failed in its middle": {
    broken: { broker: saysThatNothingIsStored },
    caughtBy: ["of a send that broke off"],
  },
  "says of one message only that it is not stored": {
    broken: { broker: forgetsWhatItDidNotStore },
    caughtBy: ["of a send that broke off"],
  },
  "says lost of what it could not settle while it was cut off": {
    broken: {
      subscription: (inner) => ({
        settle: async (settlements) =>
          (await inner.settle(settlements)).map((outcome) => (outcome === "unknown" ? "lost" : outcome)),
      }),
    },
    caughtBy: ["what is settled while the connection is broken"],
  },
  "says settled of what it could not settle while it was cut off": {
    broken: {
      subscription: (inner) => ({
        settle: async (settlements) =>
          (await inner.settle(settlements)).map((outcome) => (outcome === "unknown" ? "settled" : outcome)),
      }),
    },
    caughtBy: ["what is settled while the connection is broken"],
  },
  "says settled of what others got while it was cut off": {
    broken: {
      subscription: (inner) => ({
        settle: async (settlements) =>
          (await inner.settle(settlements)).map((outcome) => (outcome === "lost" ? "settled" : outcome)),
      }),
    },
    caughtBy: ["who is cut off and goes on settling until it is back"],
  },
  "receives nothing while it is cut off, and tells nobody": {
    broken: {
      subscription: (inner) => ({
        receive: (limit, waitMs) => inner.receive(limit, waitMs).catch(() => []),
      }),
    },
    caughtBy: ["a receive rejects with a YTaskError while the server cannot be reached"],
  },
};
