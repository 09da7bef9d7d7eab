import type { DriverEnvironment } from "./broker.js";
import { ErrorCode, YTaskError } from "./errors.js";

/** What brokers and backends have in common. */
interface Driver {
  connect(environment?: DriverEnvironment): Promise<void>;
  close(): Promise<void>;
}

interface Use {
  users: number;
  /** The connect that is under way or succeeded. */
  connected: Promise<void> | undefined;
  /** Set once `connected` succeeded. */
  isConnected: boolean;
  /** The close that is under way: a connect waits for it. */
  closing: Promise<void> | undefined;
}

// The number stands for the shape of a Use: copies of other versions of this package may be loaded too.
const usesKey: unique symbol = Symbol.for("ytask.uses.1") as never;
const everywhere = globalThis as { [usesKey]?: WeakMap<Driver, Use> };

/**
 * The users of each driver. Several servers and clients may share a driver, so the count belongs to the driver, and is
 * shared by two copies of this package, such as one that is imported and one that is required.
 */
everywhere[usesKey] ??= new WeakMap();
const uses = everywhere[usesKey];

/**
 * A server's or client's hold on a driver. The first hold to connect opens the driver, the last to close closes it, and
 * a later connect opens it again.
 */
export class DriverHold {
  readonly #driver: Driver;
  #held = false;
  #isClosed = false;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  /** Whether this holds the driver, and the driver has been connected. A driver mends broken connections itself. */
  get isConnected(): boolean {
    return this.#held && this.#use().isConnected;
  }

  /**
   * Resolves once the driver is connected; rejects as its connect does, and may then be called again. Rejects with
   * `Closed` after `close`: a late call must not open a driver that nobody would close.
   */
  async connect(environment: DriverEnvironment): Promise<void> {
    this.#refuseIfClosed();
    const use = this.#use();
    if (!this.#held) {
      this.#held = true;
      use.users++;
    }
    while (use.closing !== undefined) await use.closing;
    this.#refuseIfClosed();
    use.connected ??= this.#driver.connect(environment);
    const attempt = use.connected;
    try {
      await attempt;
      if (use.connected === attempt) use.isConnected = true;
    } catch (error) {
      if (use.connected === attempt) use.connected = undefined;
      throw error;
    }
  }

  /** Lets go of the driver, and closes it if nobody else holds it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (!this.#held) return;
    this.#held = false;
    const use = this.#use();
    use.users--;
    if (use.users > 0) return;
    const connecting = use.isConnected ? undefined : use.connected;
    use.connected = undefined;
    use.isConnected = false;
    const closed = this.#driver.close();
    const closing = this.#closeAfter(closed, connecting).finally(() => {
      if (use.closing === closing) use.closing = undefined;
    });
    use.closing = closing;
    await closed;
  }

  /**
   * A connect that is under way may succeed after the close. Then the driver is closed again, and the next connect waits
   * for that. Never rejects.
   */
  async #closeAfter(closed: Promise<void>, connecting: Promise<void> | undefined): Promise<void> {
    const [, connected] = await Promise.allSettled([closed, connecting]);
    if (connecting !== undefined && connected?.status === "fulfilled")
      await this.#driver.close().catch(() => undefined);
  }

  #refuseIfClosed(): void {
    if (this.#isClosed)
      throw new YTaskError(
        ErrorCode.Closed,
        "the connection was closed with the client or server that used it",
      );
  }

  #use(): Use {
    let use = uses.get(this.#driver);
    if (use === undefined) {
      use = { users: 0, connected: undefined, isConnected: false, closing: undefined };
      uses.set(this.#driver, use);
    }
    return use;
  }
}
