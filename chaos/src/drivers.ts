import { RabbitMqBroker } from "@ytask/broker-rabbitmq";
import { RedisBroker } from "@ytask/broker-redis";
import type { Broker } from "@ytask/core/driver";
import { Cluster } from "ioredis";
import { heartbeatSeconds } from "./settings.js";

interface Address {
  readonly host: string;
  readonly port: number;
}

/** How a process reaches the broker under test. Plain data, since it goes to other processes. */
export type BrokerAddress =
  | { readonly kind: "redis"; readonly url: string; readonly leaseMs: number }
  | {
      readonly kind: "redis-cluster";
      readonly nodes: readonly Address[];
      /** From the address that a node says of itself to the one that is to be used. */
      readonly natMap: Readonly<Record<string, Address>>;
      readonly leaseMs: number;
    }
  | { readonly kind: "rabbitmq" | "rabbitmq-quorum"; readonly url: string };

/** A driver of its own for this address. */
export function brokerAt(address: BrokerAddress): Broker {
  switch (address.kind) {
    case "redis":
      return new RedisBroker({ url: address.url, leaseMs: address.leaseMs });
    case "redis-cluster": {
      const { nodes, natMap, leaseMs } = address;
      // Only a pattern: the driver makes duplicates of it.
      return new RedisBroker({ client: new Cluster([...nodes], { natMap, lazyConnect: true }), leaseMs });
    }
    case "rabbitmq":
    case "rabbitmq-quorum":
      return new RabbitMqBroker({
        url: `${address.url}?heartbeat=${heartbeatSeconds}`,
        queueType: address.kind === "rabbitmq" ? "classic" : "quorum",
      });
  }
}
