import { setImmediate as turn } from "node:timers/promises";
import type { Outcome } from "@ytask/core/driver";
import { type BrokerBreak, forget, rememberingReceive } from "./break-broker.js";
import {
  deliversAgainAfterAReconnect,
  hasOneSubscriptionToAQueue,
  keepsDelaysToItself,
  keepsTheRoomOfTheLost,
  losesAtItsClose,
  purgesNothingThatIsListed,
  replaceAndKeep,
  reportsTheSettled,
  sendsAhead,
  tellsWhenItIsFirstListed,
  withoutDelay,
} from "./ways-to-break-a-broker.js";

/** A broker that breaks the contract in one way, and the behaviours whose tests must fail for it. */
export interface BrokenBroker {
  readonly broken: BrokerBreak;
  readonly caughtBy: readonly string[];
}

export const brokenBrokers: Readonly<Record<string, BrokenBroker>> = {
  "loses what it handed out when a subscriber crashes": {
    broken: {
      subscription: (inner) => ({
        async receive(limit, waitMs) {
          const deliveries = await inner.receive(limit, waitMs);
          await forget(inner, deliveries);
          return deliveries;
        },
        settle: async (settlements) => settlements.map(() => "settled"),
      }),
    },
    caughtBy: ["what a crashed subscriber did not settle is delivered to another"],
  },
  "delivers delayed messages early": {
    broken: {
      broker: (inner) => ({
        send: (messages) =>
          inner.send(messages.map((message) => ({ ...message, delayMs: (message.delayMs ?? 0) * 0.1 }))),
      }),
    },
    caughtBy: [
      "a delayed message is delivered, once, and not before its delay is over",
      "of many delayed messages each is delivered once, and none early",
    ],
  },
  "delivers at once what is delayed for longer than 32 bits hold": {
    broken: {
      broker: (inner) => ({
        send: (messages) =>
          inner.send(messages.map((message) => ({ ...message, delayMs: (message.delayMs ?? 0) | 0 }))),
      }),
    },
    caughtBy: ["a delay of 30 days is kept"],
  },
  "drops the delay of a replacement": {
    broken: {
      subscription: (inner) => ({
        settle: (settlements) => inner.settle(settlements.map(withoutDelay)),
      }),
    },
    caughtBy: ["a message is replaced by a delayed one, which is not early"],
  },
  "forgets the order of a batch": {
    broken: { broker: (inner) => ({ send: (messages) => inner.send([...messages].reverse()) }) },
    caughtBy: ["everything that is sent is received once, in order", "a batch of a thousand arrives whole"],
  },
  "releases in reverse order": {
    broken: {
      subscription: (inner) => ({
        settle: (settlements) => inner.settle([...settlements].reverse()),
      }),
    },
    caughtBy: ["what is released goes to the head of the queue, in order"],
  },
  "loses what a closing subscription holds": {
    broken: {
      subscription(inner) {
        const { held, receive } = rememberingReceive(inner);
        return {
          receive,
          async close() {
            await forget(inner, held);
            await inner.close();
          },
        };
      },
    },
    caughtBy: [
      "a subscription that closes gives back at once what is not settled",
      "what a closing subscription gives back is at the head of the queue, in order",
    ],
  },
  "loses what a receive takes while its subscription closes": {
    broken: { subscription: losesAtItsClose },
    caughtBy: [
      "a subscription, or its broker, that closes while it receives what is just sent loses none of it",
    ],
  },
  "sends the replacement, and does not remove": {
    broken: {
      subscription: (inner) => ({
        settle: (settlements) => inner.settle(settlements.map(replaceAndKeep)),
      }),
    },
    caughtBy: ["a replaced message is gone"],
  },
  "delivers every message twice": {
    broken: {
      broker: (inner) => ({ send: (messages) => inner.send(messages.flatMap((one) => [one, one])) }),
    },
    caughtBy: [
      "everything that is sent is received once, in order",
      "a thousand messages through three subscribers",
    ],
  },
  "delivers again what was acked": {
    broken: {
      subscription: (inner) => ({
        settle: (settlements) =>
          inner.settle(settlements.map(({ delivery }) => ({ delivery, kind: "release" }))),
      }),
    },
    caughtBy: ["what is acked is gone, for its subscriber and for others"],
  },
  "delivers again after a reconnect what was acked": {
    broken: { broker: deliversAgainAfterAReconnect },
    caughtBy: ["what was acked before the connection broke is not delivered again"],
  },
  "acks with a delivery all those before it": {
    broken: {
      subscription(inner) {
        const { held, receive } = rememberingReceive(inner);
        return {
          receive,
          async settle(settlements) {
            const outcomes = await inner.settle(settlements);
            const acked = settlements.filter(({ kind }) => kind === "ack");
            const last = Math.max(-1, ...acked.map(({ delivery }) => held.indexOf(delivery)));
            await forget(inner, held.splice(0, last + 1));
            return outcomes;
          },
        };
      },
    },
    caughtBy: ["an ack removes its message, and none that was delivered before it"],
  },
  "ignores the limit of a receive": {
    broken: { subscription: (inner) => ({ receive: (limit, waitMs) => inner.receive(limit + 2, waitMs) }) },
    caughtBy: ["a receive gives at most as many as its limit"],
  },
  "ignores maxUnsettled": {
    broken: {
      broker: (inner) => ({
        subscribe: (queue, options) => inner.subscribe(queue, { ...options, maxUnsettled: 1_000 }),
      }),
    },
    caughtBy: ["no more than `maxUnsettled` are out"],
  },
  "never frees the room of what was lost": {
    broken: { broker: keepsTheRoomOfTheLost },
    caughtBy: ["who lost its deliveries more than once has room for as many as at first"],
  },
  "frees the room of what was lost once": {
    broken: { broker: (inner) => keepsTheRoomOfTheLost(inner, 3) },
    caughtBy: ["who lost its deliveries more than once has room for as many as at first"],
  },
  "lets a second subscription to a queue end the first": {
    broken: { broker: hasOneSubscriptionToAQueue },
    caughtBy: ["two subscriptions of one broker to one queue share it"],
  },
  "loses what it sent ahead when that changes": {
    broken: { subscription: (inner) => sendsAhead(inner, (ahead) => void forget(inner, ahead.splice(0))) },
    caughtBy: ["how much is sent ahead may change at any time"],
  },
  "forgets the order of what it sent ahead when that changes": {
    broken: { subscription: (inner) => sendsAhead(inner, (ahead) => void ahead.push(...ahead.splice(0, 1))) },
    caughtBy: ["how much is sent ahead may change at any time"],
  },
  "delivers again what it sent ahead when that changes": {
    broken: { subscription: (inner) => sendsAhead(inner, (ahead) => void ahead.push(...ahead)) },
    caughtBy: ["how much is sent ahead may change at any time"],
  },
  "does not wait for the first delivery": {
    broken: { subscription: (inner) => ({ receive: (limit) => inner.receive(limit, 0) }) },
    caughtBy: ["a receive from an empty queue gives nothing when its wait is over, and not before"],
  },
  "says settled of everything": {
    broken: {
      subscription: (inner) => ({
        async settle(settlements) {
          await inner.settle(settlements);
          return settlements.map(() => "settled");
        },
      }),
    },
    caughtBy: [
      "what is settled a second time is lost",
      "one call settles in different ways",
      "who lost its deliveries is told",
    ],
  },
  "gives outcomes in another order": {
    broken: {
      subscription: (inner) => ({
        settle: async (settlements) => [...(await inner.settle(settlements))].reverse(),
      }),
    },
    caughtBy: ["one call settles in different ways, and gives each outcome at its place"],
  },
  "never reports what was lost": {
    broken: {
      broker: (inner) => ({
        subscribe: (queue, options) => inner.subscribe(queue, { ...options, onLost: () => {} }),
      }),
    },
    caughtBy: ["who lost its deliveries is told"],
  },
  "reports copies of what was lost": {
    broken: {
      broker: (inner) => ({
        subscribe: (queue, { onLost, ...options }) =>
          inner.subscribe(queue, {
            ...options,
            onLost: (deliveries) => onLost(deliveries.map((delivery) => ({ ...delivery }))),
          }),
      }),
    },
    caughtBy: ["`onLost` is given the very deliveries that were received"],
  },
  "reports what was settled as lost": {
    broken: { broker: reportsTheSettled },
    caughtBy: ["`onLost` is given the very deliveries that were received"],
  },
  "confirms sends that it did not store": {
    broken: { broker: (inner) => ({ send: (messages) => inner.send(messages).catch(() => {}) }) },
    caughtBy: ["a send while the server cannot be reached rejects", "a closed broker rejects every call"],
  },
  "rejects with errors of no code": {
    broken: {
      broker: (inner) => ({
        send: (messages) => inner.send(messages).catch(() => Promise.reject(new Error("no"))),
      }),
    },
    caughtBy: ["a send while the server cannot be reached rejects", "a closed broker rejects every call"],
  },
  "keeps no NUL and no spaces around": {
    broken: {
      broker: (inner) => ({
        send: (messages) =>
          inner.send(messages.map((one) => ({ ...one, body: one.body.replaceAll("\0", "").trim() }))),
      }),
    },
    caughtBy: ["a body arrives as it was sent, whatever text it is"],
  },
  "confirms what is longer than 1 MiB, and drops it": {
    broken: {
      broker: (inner) => ({
        send: (messages) => inner.send(messages.filter(({ body }) => Buffer.byteLength(body) <= 2 ** 20)),
      }),
    },
    caughtBy: ["bodies of 1.2 MB are delivered whole"],
  },
  "takes queues for one another that differ in case": {
    broken: {
      broker: (inner) => ({
        send: (messages) =>
          inner.send(messages.map((one) => ({ ...one, queue: one.queue.replace("UPPER", "upper") }))),
      }),
    },
    caughtBy: ["a queue's name may hold any characters, and each name is a queue of its own"],
  },
  "forgets why a letter is dead": {
    broken: {
      deadLetters: (inner) => ({
        list: async (options) => (await inner.list(options)).map(({ error: _error, ...letter }) => letter),
      }),
    },
    caughtBy: ["a dead letter keeps its body, reason, error and time"],
  },
  "cannot store an error that is long": {
    broken: {
      subscription: (inner) => ({
        settle: async (settlements) =>
          settlements.some((one) => one.kind === "deadLetter" && (one.error ?? "").length > 100_000)
            ? settlements.map(() => "unknown")
            : inner.settle(settlements),
      }),
    },
    caughtBy: ["an error text of three megabytes makes a dead letter"],
  },
  "keeps next to nothing of an error": {
    broken: {
      deadLetters: (inner) => ({
        list: async (options) =>
          (await inner.list(options)).map((letter) => ({ ...letter, error: letter.error?.slice(0, 100) })),
      }),
    },
    caughtBy: ["an error text of three megabytes makes a dead letter"],
  },
  "lists dead letters the newest first": {
    broken: {
      deadLetters: (inner) => ({ list: async (options) => [...(await inner.list(options))].reverse() }),
    },
    caughtBy: ["dead letters are listed the oldest first"],
  },
  "does not purge what is being listed": {
    broken: { deadLetters: purgesNothingThatIsListed },
    caughtBy: ["dead letters that are being listed are counted and purged as any others"],
  },
  "takes no ids for all of them": {
    broken: {
      deadLetters: (inner) => ({
        redrive: (ids = [], rewrite) => inner.redrive(ids.length > 0 ? ids : undefined, rewrite),
      }),
    },
    caughtBy: ["redrive, and find where there is one"],
  },
  "finds letters whatever the ids": {
    broken: { deadLetters: (inner) => ({ find: () => inner.list() }) },
    caughtBy: ["redrive, and find where there is one"],
  },
  "deletes letters before it rewrites them": {
    broken: {
      deadLetters: (inner) => ({
        async redrive(ids, rewrite = ({ body }) => body) {
          const letters = await inner.list({ limit: 1_000 });
          try {
            for (const letter of letters) rewrite(letter);
          } catch (error) {
            await inner.purge();
            throw error;
          }
          return inner.redrive(ids, rewrite);
        },
      }),
    },
    caughtBy: ["a redrive whose `rewrite` throws rejects"],
  },
  "tells wrong counts": {
    broken: {
      broker: (inner) => ({
        counts: async (queue) => ({ ...(await inner.counts(queue)), running: 0 }),
      }),
    },
    caughtBy: ["counts tell how many messages wait"],
  },
  "never confirms a send of nothing": {
    broken: {
      broker: (inner) => ({
        send: (messages) => (messages.length > 0 ? inner.send(messages) : new Promise(() => {})),
      }),
    },
    caughtBy: ["a send of no messages and a settle of no deliveries do nothing"],
  },
  "ignores the front": {
    broken: {
      broker: (inner) => ({
        send: (messages) => inner.send(messages.map((message) => ({ ...message, front: false }))),
      }),
    },
    caughtBy: ["what is sent to the front, or replaces to it, is next in line"],
  },
  "goes on subscribing behind its close": {
    broken: {
      broker: (inner) => ({
        async subscribe(queue, options) {
          await turn();
          return inner.subscribe(queue, options).catch((error: Error) => {
            options.onError(error);
            throw error;
          });
        },
      }),
    },
    caughtBy: ["a subscribe that is under way ends when its broker closes"],
  },
  "leaves a receive waiting when its subscription closes": {
    broken: { subscription: () => ({ close: async () => {} }) },
    caughtBy: ["a receive that waits ends with nothing when its subscription closes"],
  },
  "keeps delayed messages in the sender's process": {
    broken: { broker: keepsDelaysToItself },
    caughtBy: ["a delayed message, sent or in place of another, is delivered though who had it closed"],
  },
  "connects though there is no server": {
    broken: { broker: (inner) => ({ connect: () => inner.connect().catch(() => {}) }) },
    caughtBy: [
      "a connect to a server that cannot be reached rejects",
      "a connect to a server that does not answer rejects",
    ],
  },
  "cannot be connected again": {
    broken: {
      broker(inner) {
        let isClosed = false;
        return {
          connect: () => (isClosed ? new Promise(() => {}) : inner.connect()),
          close() {
            isClosed = true;
            return inner.close();
          },
        };
      },
    },
    caughtBy: ["a closed broker can be connected again"],
  },
  "says of a dead letter when it is listed": {
    broken: {
      deadLetters: (inner) => ({
        list: async (options) => (await inner.list(options)).map((letter) => ({ ...letter, at: new Date() })),
      }),
    },
    caughtBy: ["a dead letter tells when it became one"],
  },
  "says of a dead letter when it is first listed": {
    broken: { deadLetters: tellsWhenItIsFirstListed },
    caughtBy: ["a dead letter tells when it became one"],
  },
  "refuses an ack": {
    broken: {
      subscription: () => ({
        settle: async (settlements) =>
          settlements.map(() => ({ kind: "refused", error: new Error("it is too large") })),
      }),
    },
    caughtBy: ["what is acked is gone", "what is settled while the connection is broken"],
  },
  "refuses without a reason": {
    broken: {
      subscription: () => ({
        // What the types forbid, and a driver in JavaScript may do.
        settle: async (settlements) => settlements.map(() => ({ kind: "refused" }) as unknown as Outcome),
      }),
    },
    caughtBy: ["a replaced message is gone"],
  },
};
