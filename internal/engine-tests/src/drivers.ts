import type { Backend, Broker } from "@ytask/core/driver";

/** What the behaviours run on. */
export interface EngineDrivers {
  /** A broker of its own, not connected: what another process would have. All reach the same queues. */
  broker(): Broker | Promise<Broker>;
  /** A backend of its own, not connected. All reach the same values. */
  backend(): Backend;
  /** A group that nobody else uses. */
  uniqueGroup(): string;
  /** Takes away the connection of a broker that `broker` made, as a crash of its process would. */
  cut(broker: Broker): void | Promise<void>;
  /** Ends `cut`. */
  mend(broker: Broker): void | Promise<void>;
  /** Frees all of it, when everything is closed. */
  stop(): Promise<void>;
}
