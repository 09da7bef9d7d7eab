import { Log } from "@ytask-internal/test-servers/log";
import { Client, type ClientOptions, Server, type ServerOptions } from "../../src/index.js";
import { ManualClock, MemoryBackend, MemoryBroker } from "../../src/memory/index.js";

/** Queues and values in memory, and a clock that stands still: what servers and clients of one test share. */
export class World {
  readonly clock = new ManualClock();
  readonly leaseMs = 10_000;
  readonly log = new Log();
  readonly #broker = new MemoryBroker({ clock: this.clock, leaseMs: this.leaseMs });
  readonly #backend = new MemoryBackend({ clock: this.clock });

  /** A broker as another process would have it. */
  broker(): MemoryBroker {
    return this.#broker.sibling();
  }

  backend(): MemoryBackend {
    return this.#backend.sibling();
  }

  server(options: Partial<ServerOptions> = {}): Server {
    return new Server({ ...this.#options(), ...options });
  }

  client(options: Partial<ClientOptions> = {}): Client {
    return new Client({ ...this.#options(), ...options });
  }

  /** Lets everything happen that needs no time. */
  settle(): Promise<void> {
    return this.clock.advance(0);
  }

  /** Lets everything happen that needs no time, until `look` answers true. The test's own time limit ends it. */
  async until(look: () => boolean): Promise<void> {
    while (!look()) await this.settle();
  }

  #options(): ClientOptions {
    return { broker: this.broker(), backend: this.backend(), logger: this.log, clock: this.clock };
  }
}
