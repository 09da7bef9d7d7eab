import type { Backend } from "../../src/backend.js";
import type { Broker, Subscription } from "../../src/broker.js";

/** A call that is never answered. */
export const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** A broker that does some things in another way. */
export const wrapBroker = (inner: Broker, other: Partial<Broker>): Broker => ({
  capabilities: inner.capabilities,
  connect: (environment) => inner.connect(environment),
  send: (messages) => inner.send(messages),
  subscribe: (queue, options) => inner.subscribe(queue, options),
  deadLetters: (queue) => inner.deadLetters(queue),
  counts: (queue) => inner.counts(queue),
  close: () => inner.close(),
  ...other,
});

/** A broker whose subscriptions do some things in another way. */
export const wrapSubscriptions = (
  inner: Broker,
  other: (subscription: Subscription) => Partial<Subscription>,
): Broker =>
  wrapBroker(inner, {
    async subscribe(queue, options) {
      const subscription = await inner.subscribe(queue, options);
      return {
        receive: (limit, waitMs) => subscription.receive(limit, waitMs),
        settle: (settlements) => subscription.settle(settlements),
        close: () => subscription.close(),
        ...other(subscription),
      };
    },
  });

/** A backend that does some things in another way. */
export const wrapBackend = (inner: Backend, other: Partial<Backend>): Backend => ({
  ...withoutWatch(inner),
  watch: (key, onSet) => inner.watch?.(key, onSet) ?? never(),
  ...other,
});

/** A backend that wakes nobody. */
export const withoutWatch = (inner: Backend): Backend => ({
  capabilities: inner.capabilities,
  connect: (environment) => inner.connect(environment),
  set: (entries) => inner.set(entries),
  get: (keys) => inner.get(keys),
  close: () => inner.close(),
});
