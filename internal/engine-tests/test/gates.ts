import { throughGates } from "@ytask/conformance";
import type { Broker } from "@ytask/core/driver";

/** Brokers that each reach their server through a gate of their own, so that a test can cut one off. */
export class Gates {
  readonly #gated: ReturnType<typeof throughGates<Broker>>;
  readonly #made: Broker[] = [];

  constructor(url: string, create: (url: string) => Broker) {
    this.#gated = throughGates<Broker>(url, create);
  }

  readonly drivers = {
    broker: async (): Promise<Broker> => {
      const broker = await this.#gated.create();
      this.#made.push(broker);
      return broker;
    },
    cut: (broker: Broker) => this.#gated.connection.cut(broker),
    mend: (broker: Broker) => this.#gated.connection.mend(broker),
  };

  async close(): Promise<void> {
    await Promise.all(this.#made.map((broker) => this.#gated.dispose(broker)));
  }
}
