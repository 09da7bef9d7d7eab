import type {
  Backend,
  Broker,
  DriverEnvironment,
  Entry,
  Outgoing,
  Settlement,
  Subscription,
} from "@ytask/core/driver";
import { MemoryBackend, MemoryBroker } from "@ytask/core/memory";

/** In-memory drivers that count what core asks of them. */
export class CountingDrivers {
  readonly counts = {
    send: { calls: 0, items: 0 },
    receive: { calls: 0, items: 0 },
    settle: { calls: 0, items: 0 },
    set: { calls: 0, items: 0 },
    get: { calls: 0, items: 0 },
  };
  readonly broker: Broker;
  readonly backend: Backend;

  constructor() {
    this.broker = this.#countBroker(new MemoryBroker());
    this.backend = this.#countBackend(new MemoryBackend());
  }

  #count(what: keyof CountingDrivers["counts"], items: number): void {
    this.counts[what].calls++;
    this.counts[what].items += items;
  }

  #countBroker(broker: Broker): Broker {
    return {
      capabilities: broker.capabilities,
      connect: (environment?: DriverEnvironment) => broker.connect(environment),
      send: (messages: readonly Outgoing[]) => {
        this.#count("send", messages.length);
        return broker.send(messages);
      },
      subscribe: async (queue, options) => this.#countSubscription(await broker.subscribe(queue, options)),
      deadLetters: (queue) => broker.deadLetters(queue),
      counts: (queue) => broker.counts(queue),
      close: () => broker.close(),
    };
  }

  #countSubscription(subscription: Subscription): Subscription {
    return {
      receive: async (limit, waitMs) => {
        const deliveries = await subscription.receive(limit, waitMs);
        this.#count("receive", deliveries.length);
        return deliveries;
      },
      settle: (settlements: readonly Settlement[]) => {
        this.#count("settle", settlements.length);
        return subscription.settle(settlements);
      },
      close: () => subscription.close(),
    };
  }

  #countBackend(backend: Backend): Backend {
    return {
      capabilities: backend.capabilities,
      connect: (environment?: DriverEnvironment) => backend.connect(environment),
      set: (entries: readonly Entry[]) => {
        this.#count("set", entries.length);
        return backend.set(entries);
      },
      get: (keys: readonly string[]) => {
        this.#count("get", keys.length);
        return backend.get(keys);
      },
      close: () => backend.close(),
    };
  }
}
