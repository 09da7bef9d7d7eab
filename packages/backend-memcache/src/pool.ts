import { ErrorCode, type Logger } from "@ytask/core/driver";
import { Client, type Server } from "memjs";
import { memjsOptions } from "./dial.js";
import { Link } from "./link.js";
import type { Settings } from "./options.js";
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
    this.#slots = Array.from({ length: settings.poolSize }, () => makeSlot(settings, logger));
  }

  /**
   * Rejects with a YTaskError where no server can be reached, or one refuses the credentials, and then leaves nothing
   * open. One of several that is down costs its own keys only, until it is back.
   */
  async open(): Promise<void> {
    const links = this.#links();
    const failures = await Promise.all(links.map((link) => link.open()));
    const errors = failures.filter((error) => error !== undefined);
    const fatal = errors.find(({ code }) => code === ErrorCode.AccessRefused);
    if (fatal !== undefined || errors.length === links.length) {
      this.close();
      throw fatal ?? errors[0];
    }
    for (const { message } of errors)
      this.#logger.warn("a memcached is down: what it would hold is not stored until it is back", {
        error: message,
      });
  }

  /** The connection that carries a key, and the client to call on it. */
  at(key: string): { readonly client: Client; readonly link: Link } {
    const { addresses, chooseServer, poolSize } = this.#settings;
    const slot = this.#slots[connectionOf(key, addresses.length, poolSize)];
    const link = slot?.links[chooseServer(key)];
    if (!slot || !link)
      throw new RangeError("getServer of the memjs client returned an index without a server");
    return { client: slot.client, link };
  }

  close(): void {
    for (const link of this.#links()) link.close();
  }

  #links(): Link[] {
    return this.#slots.flatMap(({ links }) => links);
  }
}

function makeSlot({ addresses, chooseServer, commandTimeoutMs }: Settings, logger: Logger): Slot {
  const servers: Server[] = [];
  const client = new Client(servers, memjsOptions());
  client.getServer = chooseServer;
  // memjs counts past 2^31 into negative numbers, which its own header then refuses.
  client.incrSeq = () => {
    client.seq = (client.seq + 1) % 2 ** 31;
  };
  const links = addresses.map(
    (address, index) =>
      new Link(address, commandTimeoutMs, logger, ({ server }) => {
        servers[index] = server;
      }),
  );
  return { client, links };
}
