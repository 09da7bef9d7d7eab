import { ErrorCode, type Logger, YTaskError } from "@ytask/core/driver";
import { Client, type Server } from "memjs";
import { addressName } from "./address.js";
import { memjsOptions } from "./dial.js";
import { Link } from "./link.js";
import type { Settings } from "./options.js";
import { OutageLog } from "./outage-log.js";
import { connectionOf } from "./server-choice.js";

/** A memjs Client with a connection to each server. */
interface Slot {
  readonly client: Client;
  readonly links: readonly Link[];
}

/** The connections to all servers, and the choice of one for a key. */
export class Pool {
  readonly #settings: Settings;
  readonly #slots: readonly Slot[];
  readonly #logger: Logger;

  constructor(settings: Settings, logger: Logger) {
    this.#settings = settings;
    this.#logger = logger;
    const outages = settings.addresses.map((address) => new OutageLog(address, logger));
    this.#slots = Array.from({ length: settings.poolSize }, () => makeSlot(settings, outages));
  }

  /**
   * Rejects with a YTaskError if no server can be reached, or one refuses the credentials, and then leaves nothing
   * open. If one of several servers is down, only its own keys are affected, until it is back.
   */
  async open(): Promise<void> {
    const failures = await Promise.all(this.#settings.addresses.map((_, server) => this.#openTo(server)));
    const errors = failures.flat();
    const fatal = errors.find(({ code }) => code === ErrorCode.AccessRefused);
    if (fatal !== undefined || errors.length === this.#links().length) {
      this.close();
      throw fatal ?? errors[0];
    }
    failures.forEach((some, server) => {
      this.#logFailures(server, some);
    });
  }

  /**
   * The connection that carries a key, and the client to call on it.
   * @throws YTaskError `InvalidArgument` if the user's getServer names no server
   */
  at(key: string): { readonly client: Client; readonly link: Link } {
    const { addresses, chooseServer, poolSize } = this.#settings;
    const slot = this.#slots[connectionOf(key, addresses.length, poolSize)];
    const server = chooseServer(key);
    const link = slot?.links[server];
    if (!slot || !link)
      throw new YTaskError(
        ErrorCode.InvalidArgument,
        `getServer of the memjs client returned ${server} for a key; let it return an index from 0 to ${addresses.length - 1}`,
      );
    return { client: slot.client, link };
  }

  close(): void {
    for (const link of this.#links()) link.close();
  }

  #links(): Link[] {
    return this.#slots.flatMap(({ links }) => links);
  }

  /** Resolves to why connections to a server could not be made. */
  async #openTo(server: number): Promise<readonly YTaskError[]> {
    const errors = await Promise.all(this.#slots.map(({ links }) => links[server]?.open()));
    return errors.filter((error) => error !== undefined);
  }

  #logFailures(server: number, errors: readonly YTaskError[]): void {
    const { addresses, poolSize } = this.#settings;
    const [first] = errors;
    const address = addresses[server];
    if (!first || !address) return;
    if (errors.length === poolSize)
      this.#logger.warn("a memcached is down: what it would hold is not stored until it is back", {
        error: first.message,
      });
    else
      this.#logger.warn(
        "a memcached refuses some connections: what they would carry is not stored until it takes them; lower poolSize, or let it take more (memcached -c)",
        { memcached: addressName(address), refused: errors.length, poolSize, error: first.message },
      );
  }
}

function makeSlot({ chooseServer, commandTimeoutMs }: Settings, outages: readonly OutageLog[]): Slot {
  const servers: Server[] = [];
  const client = new Client(servers, memjsOptions());
  client.getServer = chooseServer;
  // memjs counts past 2^31 into negative numbers, which its own header then refuses.
  client.incrSeq = () => {
    client.seq = (client.seq + 1) % 2 ** 31;
  };
  const links = outages.map(
    (outage, index) =>
      new Link(commandTimeoutMs, outage, ({ server }) => {
        servers[index] = server;
      }),
  );
  return { client, links };
}
