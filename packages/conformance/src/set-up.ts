import type {
  Backend,
  BackendCapabilities,
  Broker,
  BrokerCapabilities,
  Capability,
} from "@ytask/core/driver";
import type { ConnectionClaim } from "./connection.js";

/** What every kit needs from a driver's test file. */
export interface SetUp<Driver> {
  /**
   * Makes a driver that is not connected yet, like the driver of one process. All of them must reach the same server.
   * Called several times in a test; the kit connects and closes what it gets.
   */
  create(): Driver | Promise<Driver>;
  /** Called when the kit has closed a driver that `create` made: to free its resources. */
  dispose?(driver: Driver): void | Promise<void>;
  /** How to take away the connection of one of them, or why that is not possible. */
  readonly connection: ConnectionClaim<Driver>;
  /** The names of behaviours that the driver does not show, each with the reason, which the skipped test prints. */
  readonly exceptions?: Readonly<Record<string, string>> | undefined;
  /** The seed of the random behaviours. Default: another one each time, which their titles show. */
  readonly seed?: number | undefined;
  /** How long an event may take, and a call beyond the time that it was asked to wait, in ms. Default 10,000. */
  readonly boundMs?: number | undefined;
}

/** What the kit needs to test a broker. */
export interface BrokerSetUp<Driver extends Broker = Broker> extends SetUp<Driver> {
  /** The broker's own: it must be known which tests are skipped, and why, before the first broker connects. */
  readonly capabilities: BrokerCapabilities;
  /** How long it takes at most until another broker gets what a cut-off one holds, in ms. */
  readonly takenBackWithinMs: number;
  /** Called after each test, with the queues that it used, when all brokers are closed. */
  tidyUp?(queues: readonly string[]): void | Promise<void>;
}

/** What the kit needs to test a backend. */
export interface BackendSetUp<Driver extends Backend = Backend> extends SetUp<Driver> {
  /** The backend's own, or undefined if it has none. */
  readonly capabilities: BackendCapabilities | undefined;
  /** Whether the backend has `watch`, or why not. */
  readonly watch: Capability;
  /** Called after each test, with the keys that it used, when all backends are closed. */
  tidyUp?(keys: readonly string[]): void | Promise<void>;
}

export const defaultBoundMs = 10_000;
