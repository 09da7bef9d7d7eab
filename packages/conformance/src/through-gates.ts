import type { Connection } from "./connection.js";
import { Gate } from "./gate.js";

/** The part of a set-up that `throughGates` makes. */
export interface Gated<Driver> {
  create(): Promise<Driver>;
  readonly connection: Connection<Driver> & { stall(driver: Driver): void };
  dispose(driver: Driver): Promise<void>;
}

/**
 * Puts a separate gate between each driver and the server, so that a test can take away that driver's connection.
 *
 * @param server the server's URL with a port, or `host:port`; a function if it is known only when tests run
 * @param create makes a driver, not connected, for the URL that it is given: the same URL, except for host and port
 * @returns `create`, `connection` and `dispose` of a set-up
 */
export function throughGates<Driver>(
  server: string | (() => string),
  create: (server: string) => Driver,
): Gated<Driver> {
  const gates = new Map<Driver, Gate>();
  return {
    async create() {
      const address = parse(typeof server === "string" ? server : server());
      const gate = await Gate.open(address);
      const driver = create(address.through(gate.port));
      gates.set(driver, gate);
      return driver;
    },
    connection: {
      cut: (driver) => gates.get(driver)?.cut(),
      mend: (driver) => gates.get(driver)?.mend(),
      stall: (driver) => gates.get(driver)?.stall(),
    },
    async dispose(driver) {
      const gate = gates.get(driver);
      gates.delete(driver);
      await gate?.close();
    },
  };
}

interface Address {
  readonly host: string;
  readonly port: number;
  /** The same address, but at a port of this machine. */
  through(port: number): string;
}

/** The last `host:port` before the path, whatever the scheme, the credentials and the path are. */
const hostAndPort = /^((?:[a-z0-9+.-]+:\/\/)?(?:[^/@]*@)?)(\[[^\]]+\]|[^/:@[\]]+):(\d+)(?=[/?#]|$)/i;

function parse(server: string): Address {
  const [, before = "", host, port] = hostAndPort.exec(server) ?? [];
  if (host === undefined || port === undefined)
    throw new Error("throughGates needs a URL with a host and a port, or host:port.");
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port: Number(port),
    through: (gatePort) => server.replace(hostAndPort, () => `${before}127.0.0.1:${gatePort}`),
  };
}
