import { Client, type ClientOptions, Server, type ServerOptions } from "@ytask/core";
import type { Broker } from "@ytask/core/driver";
import { Log } from "@ytask-internal/test-servers/log";
import type { EngineDrivers } from "./drivers.js";

type Chosen<Options> = Partial<Omit<Options, "broker" | "backend" | "logger">>;

/** What one test works with: servers and clients with drivers of their own, as in processes of their own. */
export class Bench {
  readonly drivers: EngineDrivers;
  /** A group that nobody else uses. */
  readonly group: string;
  /** What all servers and clients of the test logged. */
  readonly log = new Log();
  readonly #brokers = new WeakMap<Server, Broker>();
  readonly #cut = new Set<Broker>();
  readonly #open: (() => Promise<unknown>)[] = [];

  constructor(drivers: EngineDrivers) {
    this.drivers = drivers;
    this.group = drivers.uniqueGroup();
  }

  async server(options: Chosen<ServerOptions> = {}): Promise<Server> {
    const broker = await this.drivers.broker();
    const server = new Server({ broker, backend: this.drivers.backend(), logger: this.log, ...options });
    this.#brokers.set(server, broker);
    this.#open.push(() => server.shutdown({ timeoutMs: 1_000 }));
    return server;
  }

  async client(options: Chosen<ClientOptions> = {}): Promise<Client> {
    const broker = await this.drivers.broker();
    const client = new Client({ broker, backend: this.drivers.backend(), logger: this.log, ...options });
    this.#open.push(() => client.close());
    return client;
  }

  /** A broker that is connected, for what no client sends. */
  async broker(): Promise<Broker> {
    const broker = await this.drivers.broker();
    await broker.connect();
    this.#open.push(() => broker.close());
    return broker;
  }

  /** Takes the connection of a server's broker away, as a crash of its process would. */
  async cut(server: Server): Promise<void> {
    const broker = this.#brokerOf(server);
    this.#cut.add(broker);
    await this.drivers.cut(broker);
  }

  async mend(server: Server): Promise<void> {
    const broker = this.#brokerOf(server);
    this.#cut.delete(broker);
    await this.drivers.mend(broker);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const broker of this.#cut) await this.drivers.mend(broker);
    await Promise.all(this.#open.map((close) => close()));
  }

  #brokerOf(server: Server): Broker {
    const broker = this.#brokers.get(server);
    if (broker === undefined) throw new Error("this server was not made by the bench");
    return broker;
  }
}
