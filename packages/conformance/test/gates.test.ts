import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { throughGates } from "../src/index.js";

const eventually = (holds: () => boolean) => vi.waitUntil(holds, { timeout: 20_000, interval: 5 });

/** A driver as the gates see one: a socket to an address, and what came back on it. */
class Probe {
  readonly socket: Socket;
  received = "";
  readonly #address: string;

  constructor(address: string) {
    this.#address = address;
    const { hostname, port } = new URL(address);
    this.socket = connect({ host: hostname, port: Number(port) });
    this.socket.on("data", (bytes) => {
      this.received += bytes;
    });
    this.socket.on("error", () => {});
  }

  /** Another connection to the same address. */
  again(): Probe {
    return new Probe(this.#address);
  }
}

describe("a driver behind a gate", { timeout: 60_000 }, () => {
  let server: Server;
  let heard: string;
  const gates = throughGates(
    () => `echo://127.0.0.1:${(server.address() as AddressInfo).port}/path`,
    (address) => new Probe(address),
  );

  beforeEach(async () => {
    heard = "";
    server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        heard += bytes;
        socket.write(bytes);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });

  afterEach(async () => {
    server.close();
    await once(server, "close");
  });

  async function connected(): Promise<Probe> {
    const probe = await gates.create();
    probe.socket.write("1");
    await eventually(() => probe.received === "1");
    return probe;
  }

  it("reaches its server", async () => {
    const probe = await connected();
    probe.socket.destroy();
    await gates.dispose(probe);
  });

  it("loses its connection at a cut, gets none until it is mended, and others keep theirs", async () => {
    const probe = await connected();
    const other = await connected();
    gates.connection.cut(probe);
    await once(probe.socket, "close");
    const refused = probe.again();
    await once(refused.socket, "close");
    await gates.connection.mend(probe);
    const admitted = probe.again();
    for (const one of [admitted, other]) one.socket.write("2");
    await eventually(() => admitted.received === "2" && other.received === "12");
    await gates.dispose(probe);
    await gates.dispose(other);
  });

  it("gets no answer in a stall, and all of them when it ends", async () => {
    const probe = await connected();
    gates.connection.stall(probe);
    probe.socket.write("2");
    const other = await connected();
    expect(probe.received).toBe("1");
    await gates.connection.mend(probe);
    await eventually(() => probe.received === "12");
    await gates.dispose(probe);
    await gates.dispose(other);
  });

  it("has nothing delivered that it sent in a stall over a connection that it gave up", async () => {
    const probe = await connected();
    gates.connection.stall(probe);
    probe.socket.write("given up");
    probe.socket.destroy();
    const other = await connected();
    await gates.connection.mend(probe);
    other.socket.write("2");
    await eventually(() => other.received === "12");
    expect(heard).not.toContain("given up");
    await gates.dispose(probe);
    await gates.dispose(other);
  });
});

describe("the address of a gate", () => {
  const through = async (server: string) => {
    const gates = throughGates(server, (address) => ({ address }));
    const driver = await gates.create();
    await gates.dispose(driver);
    return driver.address.replace(/:\d+(?=[/?]|$)/, ":<port>");
  };

  it("is the server's, but for host and port", async () => {
    expect(await through("localhost:11211")).toBe("127.0.0.1:<port>");
    expect(await through("redis://localhost:6379/2")).toBe("redis://127.0.0.1:<port>/2");
    expect(await through("amqp://guest:a$&b:c@rabbit:5672/%2F?heartbeat=5")).toBe(
      "amqp://guest:a$&b:c@127.0.0.1:<port>/%2F?heartbeat=5",
    );
    expect(await through("mongodb://[::1]:27017/?replicaSet=rs0")).toBe(
      "mongodb://127.0.0.1:<port>/?replicaSet=rs0",
    );
  });

  it("needs a host and a port", async () => {
    await expect(through("redis://localhost")).rejects.toThrow("a host and a port");
  });
});
