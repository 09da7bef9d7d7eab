import type { SetUp } from "./set-up.js";
import { settles } from "./settles.js";

interface Closable {
  close(): Promise<void>;
}

interface Made<Driver, Bounded> {
  readonly driver: Driver;
  readonly bounded: Bounded;
  isCut: boolean;
}

/** The part of `Drivers` that a bench needs, whatever the driver's own type is. */
export interface BoundDrivers<Bounded> {
  create(): Promise<Bounded>;
  cut(bound: Bounded): Promise<void>;
  stall(bound: Bounded): Promise<void>;
  mend(bound: Bounded): Promise<void>;
  close(): Promise<void>;
}

/** The drivers that one test makes. Their calls are bounded, and the test can take away their connections. */
export class Drivers<Driver extends Closable, Bounded extends Closable> implements BoundDrivers<Bounded> {
  readonly #setUp: SetUp<Driver>;
  readonly #boundMs: number;
  readonly #bind: (driver: Driver) => Bounded;
  readonly #made: Made<Driver, Bounded>[] = [];

  constructor(setUp: SetUp<Driver>, boundMs: number, bind: (driver: Driver) => Bounded) {
    this.#setUp = setUp;
    this.#boundMs = boundMs;
    this.#bind = bind;
  }

  async create(): Promise<Bounded> {
    const driver = await settles("create", Promise.resolve(this.#setUp.create()), this.#boundMs);
    const made = { driver, bounded: this.#bind(driver), isCut: false };
    this.#made.push(made);
    return made.bounded;
  }

  async cut(bound: Bounded): Promise<void> {
    const made = this.#find(bound);
    made.isCut = true;
    await this.#connection().cut(made.driver);
  }

  async stall(bound: Bounded): Promise<void> {
    const made = this.#find(bound);
    const { stall } = this.#connection();
    if (typeof stall !== "function") throw new Error(stall.missing);
    made.isCut = true;
    await stall(made.driver);
  }

  async mend(bound: Bounded): Promise<void> {
    const made = this.#find(bound);
    made.isCut = false;
    await this.#connection().mend(made.driver);
  }

  /** Closes them all. For a driver that is cut off, that may fail. */
  async close(): Promise<void> {
    await Promise.all(
      this.#made.splice(0).map(async ({ driver, bounded, isCut }) => {
        try {
          if (isCut) await bounded.close().catch(() => {});
          else await bounded.close();
        } finally {
          await this.#setUp.dispose?.(driver);
        }
      }),
    );
  }

  #find(bound: Bounded): Made<Driver, Bounded> {
    const made = this.#made.find((one) => one.bounded === bound);
    if (made === undefined) throw new Error("This driver was not made by the kit, or is closed.");
    return made;
  }

  #connection() {
    const { connection } = this.#setUp;
    if ("missing" in connection) throw new Error(connection.missing);
    return connection;
  }
}
