import type { Logger, YTaskError } from "@ytask/core/driver";
import { type Address, addressName } from "./address.js";

/** Logs when a memcached goes away and when it is back: once each, however many connections there are to it. */
export class OutageLog {
  readonly address: Address;
  readonly #logger: Logger;
  /** The number of connections that are down. */
  #down = 0;

  constructor(address: Address, logger: Logger) {
    this.address = address;
    this.#logger = logger;
  }

  /** A connection broke. */
  begin(error: YTaskError): void {
    if (this.#down++ === 0)
      this.#logger.warn(`the connection to memcached ${addressName(this.address)} broke; connecting again`, {
        error: error.message,
      });
  }

  /** A connection could not be made at the start, which the pool logs. */
  beginAtStart(): void {
    this.#down++;
  }

  /** A connection is there again. */
  end(): void {
    if (--this.#down === 0) this.#logger.info(`memcached ${addressName(this.address)} is connected again`);
  }
}
