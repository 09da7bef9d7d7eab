import { ErrorCode, YTaskError } from "@ytask/core/driver";
import type { ServerProperties } from "amqplib";

/** The first RabbitMQ whose quorum queues expire messages and pass them on with a confirm. */
const required = { major: 3, minor: 10 };

/**
 * Refuses a server on which delays would silently be lost.
 *
 * @throws YTaskError `UnsupportedServer`
 */
export function refuseOldServer(server: ServerProperties): void {
  const { product, version } = server;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const enough = major > required.major || (major === required.major && minor >= required.minor);
  if (product === "RabbitMQ" && enough) return;
  throw new YTaskError(
    ErrorCode.UnsupportedServer,
    `RabbitMqBroker needs RabbitMQ ${required.major}.${required.minor} or later, for its delays; this is ${product} ${version}`,
  );
}
