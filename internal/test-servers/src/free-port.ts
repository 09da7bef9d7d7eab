import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { reserve } from "./port-reservation.js";

// Below the range that systems take outgoing connections' ports from (32768 and up on Linux): a client that
// reconnects to a stopped server's port within that range can be given the same port and connect to itself.
const lowest = 15_000;
const highest = 32_000;

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });

/** A TCP port of 127.0.0.1 that nothing listens on, reserved for this process: parallel runs get others. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = randomInt(lowest, highest);
    if (reserve(port) && (await canListen(port))) return port;
  }
  throw new Error(`No free TCP port found between ${lowest} and ${highest}`);
};
