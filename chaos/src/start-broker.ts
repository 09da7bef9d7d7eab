import type { BrokerUnderTest } from "./broker-under-test.js";
import { startClusterUnderTest } from "./redis-cluster-under-test.js";
import type { BrokerKind } from "./settings.js";
import { startRabbitMqUnderTest, startRedisUnderTest } from "./single-server-under-test.js";

/** Starts a broker of that kind. RabbitMQ has no leases: there, heartbeats take their place. */
export function startBroker(kind: BrokerKind, leaseMs: number): Promise<BrokerUnderTest> {
  switch (kind) {
    case "redis":
      return startRedisUnderTest(leaseMs);
    case "redis-cluster":
      return startClusterUnderTest(leaseMs);
    case "rabbitmq":
    case "rabbitmq-quorum":
      return startRabbitMqUnderTest(kind);
  }
}
