import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.js";

type Holding = { answersFrom: Promise<void> };
type Mode = "pass" | "swallow" | { delayMs: number } | { bytesPerMs: number } | Holding;

const isHolding = (mode: Mode): mode is Holding => typeof mode === "object" && "answersFrom" in mode;

/** A TCP proxy on 127.0.0.1 that can make a network as bad as a test needs it. */
export interface TcpProxy {
  readonly port: number;
  /** How many bytes were dropped so far: says that a request has reached the proxy and went no further. */
  readonly swallowedBytes: number;
  /** Moves bytes as they come: the state in which it starts. What was swallowed stays lost. */
  pass(): void;
  /** Keeps connections open, new ones too, and drops every byte in both directions. */
  swallow(): void;
  /** Moves every byte in both directions `milliseconds` late, in order. */
  delay(milliseconds: number): void;
  /** Moves no more than so many bytes a second in each direction of a connection, in order. */
  throttle(bytesPerSecond: number): void;
  /** Moves what clients send, and keeps what is answered until the next `pass`, in order. */
  holdAnswers(): void;
  /** Resets every connection; new ones are taken. */
  cutAll(): void;
  /** Resets every connection and stops listening. */
  close(): Promise<void>;
}

/** Starts a proxy in front of `targetPort`. */
export const startProxy = async (targetPort: number, targetHost = "127.0.0.1"): Promise<TcpProxy> => {
  let mode: Mode = "pass";
  let swallowedBytes = 0;
  let releaseAnswers = () => {};
  const swallow = (data: Buffer) => {
    swallowedBytes += data.length;
  };
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const target = connect({ port: targetPort, host: targetHost, allowHalfOpen: true, noDelay: true });
    forward(client, target, () => (isHolding(mode) ? "pass" : mode), swallow);
    forward(target, client, () => mode, swallow);
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    }
  });
  const port = await freePort();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1" }, resolve);
  });
  const cutAll = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port,
    get swallowedBytes() {
      return swallowedBytes;
    },
    pass: () => {
      mode = "pass";
      releaseAnswers();
    },
    swallow: () => {
      mode = "swallow";
    },
    delay: (delayMs) => {
      mode = { delayMs };
    },
    throttle: (bytesPerSecond) => {
      mode = { bytesPerMs: bytesPerSecond / 1_000 };
    },
    holdAnswers: () => {
      const answersFrom = new Promise<void>((resolve) => {
        releaseAnswers = resolve;
      });
      mode = { answersFrom };
    },
    cutAll,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      cutAll();
      await closed;
    },
  };
};

const forward = (from: Socket, to: Socket, mode: () => Mode, swallow: (data: Buffer) => void): void => {
  // Every move waits for the one before it, so that a shorter delay does not overtake a longer one.
  let before: Promise<unknown> = Promise.resolve();
  const move = (action: () => void, length = 0) => {
    const current = mode();
    const later = (milliseconds: number) => sleep(milliseconds, undefined, { ref: false });
    if (typeof current !== "object") before = before.then(action);
    else if (isHolding(current)) before = Promise.all([before, current.answersFrom]).then(action);
    else if ("delayMs" in current) before = Promise.all([before, later(current.delayMs)]).then(action);
    else before = before.then(() => later(length / current.bytesPerMs)).then(action);
  };
  const unlessSwallowing = (action: () => void) => mode() !== "swallow" && move(action);
  from.on("data", (data) => (mode() === "swallow" ? swallow(data) : move(() => to.write(data), data.length)));
  from.once("end", () => unlessSwallowing(() => to.end()));
  from.once("error", () => unlessSwallowing(() => to.destroy()));
  from.once("close", () => unlessSwallowing(() => to.destroy()));
};
