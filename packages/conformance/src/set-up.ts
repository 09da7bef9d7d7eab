import type {
  Backend,
  BackendCapabilities,
  Broker,
  BrokerCapabilities,
  Capability,
} from "@ytask/core/driver";
import type { ConnectionClaim } from "./connection.js";

/** What every kit needs of a driver's test file. */
export interface SetUp<Driver> {
  /**
   * A driver of its own that is not connected yet: what one process has. All that are made reach the same server.
   * Called several times in a test; the kit connects and closes what it gets.
   */
  create(): Driver | Promise<Driver>;
  /** Called when the kit has closed one that `create` made: to free what stands behind it. */
  dispose?(driver: Driver): void | Promise<void>;
  /** How to take the connection of one of them away, or why that cannot be. */
  readonly connection: ConnectionClaim<Driver>;
  /** The names of behaviours that the driver does not show, each with the reason, which the skipped test prints. */
  readonly exceptions?: Readonly<Record<string, string>> | undefined;
  /** What the random behaviours begin with. Default another one each time, which their titles tell. */
  readonly seed?: number | undefined;
  /** How long a call may take beyond what it was asked to wait, and how long an event may, in ms. Default 10,000. */
  readonly boundMs?: number | undefined;
}

/** What the kit needs to test a broker. */
export interface BrokerSetUp<Driver extends Broker = Broker> extends SetUp<Driver> {
  /** The broker's own: which tests are skipped, and why, must be known before the first broker connects. */
  readonly capabilities: BrokerCapabilities;
  /** How long it takes at most until what a broker that was cut off holds is delivered to another, in ms. */
  readonly takenBackWithinMs: number;
  /** Called after each test, with the queues that it used, when all brokers are closed. */
  tidyUp?(queues: readonly string[]): void | Promise<void>;
}

/** What the kit needs to test a backend. */
export interface BackendSetUp<Driver extends Backend = Backend> extends SetUp<Driver> {
  /** The backend's own, or undefined where it has none. */
  readonly capabilities: BackendCapabilities | undefined;
  /** Whether the backend has `watch`, or why not. */
  readonly watch: Capability;
  /** Called after each test, with the keys that it used, when all backends are closed. */
  tidyUp?(keys: readonly string[]): void | Promise<void>;
}

export const defaultBoundMs = 10_000;
