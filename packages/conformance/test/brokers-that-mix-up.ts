import type { Settlement } from "@ytask/core/driver";
import type { BrokerBreak } from "./break-broker.js";
import type { BrokenBroker } from "./broken-brokers.js";
import {
  acksAllThatAreEqual,
  countsAnewInEachReceive,
  isDelayed,
  sending,
  sendsDelayedReplacementsToItself,
  swallowsWhatIsDelayedForNewQueues,
  withoutEquals,
  writtenAnew,
} from "./ways-to-mix-up.js";

const several = "messages with the same body are several";
const ownWay = "of the messages of one send, or of one replace, each has its own queue and delay";
const everyWay = "a body stays as it was sent when it is delayed";
const toTheFront = "what is sent to the front, or replaces to it, is next in line";

/** A broker that replaces by something else than it was told. */
const replacing = (change: (by: Replace["by"]) => Replace["by"]): BrokerBreak => ({
  subscription: (inner) => ({
    settle: (settlements) =>
      inner.settle(settlements.map((one) => (one.kind === "replace" ? { ...one, by: change(one.by) } : one))),
  }),
});
type Replace = Extract<Settlement, { kind: "replace" }>;

const storingLetters = (change: (body: string) => string): BrokerBreak => ({
  deadLetters: (inner) => ({
    list: async (options) =>
      (await inner.list(options)).map((letter) => ({ ...letter, body: change(letter.body) })),
  }),
});

/** Those that take one message, or one thing about it, for another. */
export const brokersThatMixUp: Readonly<Record<string, BrokenBroker>> = {
  "stores one of the messages that are equal": {
    broken: sending((messages) => messages.filter(withoutEquals)),
    caughtBy: [several],
  },
  "stores one of the delayed messages that are equal": {
    broken: sending((messages) => [
      ...messages.filter((one) => !isDelayed(one)),
      ...messages.filter(isDelayed).filter(withoutEquals),
    ]),
    caughtBy: [several],
  },
  "acks with a delivery all that are equal": {
    broken: { subscription: acksAllThatAreEqual },
    caughtBy: [several],
  },
  "has one dead letter of messages that are equal": {
    broken: {
      deadLetters: (inner) => ({
        list: async (options) => (await inner.list(options)).filter(withoutEquals),
      }),
    },
    caughtBy: [several],
  },
  "gives the same ids in each receive": {
    broken: { subscription: countsAnewInEachReceive },
    caughtBy: [several],
  },
  "delays all messages of a send by the first one's delay": {
    broken: sending((messages) => messages.map((one) => ({ ...one, delayMs: messages[0]?.delayMs }))),
    caughtBy: [ownWay],
  },
  "sends all delayed messages of a send to the first one's queue": {
    broken: sending((messages) =>
      messages.map((one) => (isDelayed(one) ? { ...one, queue: messages[0]?.queue ?? "" } : one)),
    ),
    caughtBy: [ownWay],
  },
  "swallows what is delayed for a queue that nobody has used": {
    broken: { broker: swallowsWhatIsDelayedForNewQueues() },
    caughtBy: [ownWay],
  },
  "delays all replacements by the first one's delay": {
    broken: replacing((by) => by.map((one) => ({ ...one, delayMs: by[0]?.delayMs }))),
    caughtBy: [ownWay],
  },
  "sends delayed replacements to the queue of what they replace": {
    broken: { broker: sendsDelayedReplacementsToItself },
    caughtBy: [
      ownWay,
      "a delayed message, sent or in place of another, is delivered though who had it crashed",
    ],
  },
  "sends all messages to the front where the first is sent there": {
    broken: sending((messages) => messages.map((one) => ({ ...one, front: messages[0]?.front }))),
    caughtBy: [toTheFront],
  },
  "sends no replacement to the front": {
    broken: replacing((by) => by.map((one) => ({ ...one, front: false }))),
    caughtBy: [toTheFront],
  },
  "reads what is JSON, and writes it anew": {
    broken: sending((messages) => messages.map((one) => ({ ...one, body: writtenAnew(one.body) }))),
    caughtBy: ["a body arrives as it was sent, whatever text it is"],
  },
  "trims what is delayed": {
    broken: sending((messages) =>
      messages.map((one) => (isDelayed(one) ? { ...one, body: one.body.trim() } : one)),
    ),
    caughtBy: [everyWay],
  },
  "trims what replaces another": {
    broken: replacing((by) => by.map((one) => ({ ...one, body: one.body.trim() }))),
    caughtBy: [everyWay],
  },
  "cuts dead letters off": {
    broken: storingLetters((body) => body.slice(0, 2 ** 16)),
    caughtBy: [everyWay],
  },
  "takes dead letters for one another whose queues differ in case": {
    broken: {
      broker: (inner) => ({ deadLetters: (queue) => inner.deadLetters(queue.replace("UPPER", "upper")) }),
    },
    caughtBy: ["a queue's name may hold any characters, and each name is a queue of its own"],
  },
  "redrives all letters, whatever the ids, where it rewrites them": {
    broken: {
      deadLetters: (inner) => ({
        redrive: (ids, rewrite) => inner.redrive(rewrite === undefined ? ids : undefined, rewrite),
      }),
    },
    caughtBy: ["redrive sends what `rewrite` makes of a letter"],
  },
};
