import type { BreakName } from "./breaks.js";
import type { BrokerAddress } from "./drivers.js";

export const brokerKinds = ["redis", "redis-cluster", "rabbitmq", "rabbitmq-quorum"] as const;
export type BrokerKind = (typeof brokerKinds)[number];

/** What a server process is told. */
export interface WorkerSettings {
  readonly broker: BrokerAddress;
  readonly backendUrl: string;
  readonly group: string;
  readonly concurrency: number;
  /** Where it records what it runs. */
  readonly recordFile: string;
  /** Which promise it breaks on purpose. */
  readonly broken: BreakName | undefined;
}

/** How long a server may be silent before others run what it held: the lease, or what heartbeats add up to. */
export const leaseMs = 6_000;
/** RabbitMQ drops a connection after two of these without a byte. */
export const heartbeatSeconds = leaseMs / 2_000;
/** So long a pause goes beyond the lease, and beyond the time in which others notice. */
export const pauseMs = leaseMs + 4_000;

/** The one group of a run. */
export const group = "chaos";
/** How many servers there are, and how many tasks each runs at a time. */
export const servers = 3;
export const concurrency = 8;
