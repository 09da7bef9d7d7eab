/** The ways to break a broker that show when a call of it is cut short. What each is for stands in brokers-that-break-off.ts. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Broker,
  type DeadLetters,
  type Outcome,
  type Outgoing,
  SendFailed,
  type Settlement,
} from "@ytask/core/driver";
import { wrapSubscription } from "./break-broker.js";

/** How long a step takes: so long that a cut can come before it, and that it comes after a call has begun. */
const stepMs = 5;

type Step = () => Promise<unknown>;

/** Settles one after another, in two steps each: it removes, and it stores what stays of the message. */
function inTwoSteps(
  inner: Broker,
  stored: (settlement: Settlement, queue: string) => readonly Outgoing[] | undefined,
  order: (remove: Step, store: Step) => readonly Step[],
): Partial<Broker> {
  return {
    async subscribe(queue, options) {
      const subscription = await inner.subscribe(queue, options);
      const settleOne = async (settlement: Settlement): Promise<readonly Outcome[]> => {
        const messages = stored(settlement, queue);
        if (messages === undefined) return subscription.settle([settlement]);
        const { delivery } = settlement;
        let outcomes: readonly Outcome[] = ["unknown"];
        const remove = async () => {
          outcomes = await subscription.settle([{ delivery, kind: "ack" }]);
        };
        for (const step of order(remove, () => inner.send(messages))) {
          await sleep(stepMs);
          await step();
        }
        return outcomes;
      };
      return wrapSubscription(subscription, {
        async settle(settlements) {
          const outcomes: Outcome[] = [];
          for (const settlement of settlements)
            outcomes.push(...(await settleOne(settlement).catch((): Outcome[] => ["unknown"])));
          return outcomes;
        },
      });
    },
  };
}

const replacement = (settlement: Settlement) => (settlement.kind === "replace" ? settlement.by : undefined);

export const replacesInTwoSteps = (inner: Broker): Partial<Broker> =>
  inTwoSteps(inner, replacement, (remove, store) => [store, remove]);

export const removesBeforeItReplaces = (inner: Broker): Partial<Broker> =>
  inTwoSteps(inner, replacement, (remove, store) => [remove, store]);

export const removesBeforeItReleases = (inner: Broker): Partial<Broker> =>
  inTwoSteps(
    inner,
    ({ kind, delivery }, queue) =>
      kind === "release" ? [{ queue, body: delivery.body, front: true }] : undefined,
    (remove, store) => [remove, store],
  );

/** Its dead letters are those of a queue of their own. */
export const removesBeforeItBuries = (inner: Broker): Partial<Broker> => ({
  ...inTwoSteps(
    inner,
    ({ kind, delivery }, queue) =>
      kind === "deadLetter" ? [{ queue: `${queue}-dead`, body: delivery.body }] : undefined,
    (remove, store) => [remove, store],
  ),
  deadLetters: (queue) => lettersThatWaitIn(inner, `${queue}-dead`),
});

function lettersThatWaitIn(inner: Broker, queue: string): DeadLetters {
  const letters = inner.deadLetters(queue);
  return {
    redrive: (ids, rewrite) => letters.redrive(ids, rewrite),
    purge: () => letters.purge(),
    async list(options) {
      const subscription = await inner.subscribe(queue, {
        maxUnsettled: 1_000,
        maxRedeliveries: 20,
        onLost: () => {},
        onError: () => {},
      });
      const found = await subscription.receive(1_000, 0);
      await subscription.settle(
        found.map((delivery) => ({ delivery, kind: "deadLetter", reason: "malformed" })),
      );
      await subscription.close();
      return letters.list(options);
    },
  };
}

export const deletesBeforeItRedrives = (inner: Broker): Partial<Broker> => ({
  deadLetters(queue) {
    const letters = inner.deadLetters(queue);
    return {
      list: (options) => letters.list(options),
      purge: () => letters.purge(),
      async redrive() {
        const bodies = (await letters.list({ limit: 1_000 })).map(({ body }) => body);
        await letters.purge();
        await sleep(stepMs);
        await inner.send(bodies.map((body) => ({ queue, body })));
        return bodies.length;
      },
    };
  },
});

/** @param told what it says of a send that failed after its first half */
const sendsInHalves = (
  inner: Broker,
  told: (half: number, count: number) => ConstructorParameters<typeof SendFailed>[1],
): Partial<Broker> => ({
  async send(messages) {
    const half = Math.ceil(messages.length / 2);
    await inner.send(messages.slice(0, half));
    await sleep(stepMs);
    try {
      await inner.send(messages.slice(half));
    } catch (cause) {
      throw new SendFailed("it broke off", told(half, messages.length), { cause });
    }
  },
});

export const saysThatNothingIsStored = (inner: Broker): Partial<Broker> =>
  sendsInHalves(inner, (_half, count) => ({ notStored: [...Array(count).keys()] }));

export const forgetsWhatItDidNotStore = (inner: Broker): Partial<Broker> =>
  sendsInHalves(inner, (half) => ({ notStored: [half] }));
