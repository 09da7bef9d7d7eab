import type { BrokerAddress } from "./drivers.js";

/** From when until when something was the case, in milliseconds since 1970. */
export interface Moment {
  readonly from: number;
  readonly until: number;
}

/** The broker that a run is about, and what can be done to it. Every process reaches it through proxies. */
export interface BrokerUnderTest {
  readonly address: BrokerAddress;
  /** Kills it with SIGKILL, waits, and starts it again; resolves once it serves. */
  restart(downMs: number): Promise<void>;
  /** Ends every client's connection from the server's side. Resolves to when, where that takes less time than the call. */
  killConnections(): Promise<Moment | undefined>;
  /** Drops every byte for a time, and then every connection, as a network that comes back does. */
  swallow(forMs: number): Promise<void>;
  /** Hands over to a replica; undefined where there is none. */
  readonly failOver?: (() => Promise<void>) | undefined;
  /** What the server itself says of its queues, where it knows more than `client.counts` tells. */
  readonly describe?: (() => Promise<string>) | undefined;
  stop(): Promise<void>;
}
