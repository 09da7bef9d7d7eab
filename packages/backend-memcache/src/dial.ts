/// <reference path="./memjs.d.ts" />
import type { Socket } from "node:net";
import { afterBound, ErrorCode, YTaskError } from "@ytask/core/driver";
import { Client, Server } from "memjs";
import { type Address, addressName } from "./address.js";
import { toYTaskError } from "./failures.js";

/** A connection on which the server has answered. */
export interface Dialled {
  readonly server: Server;
  readonly socket: Socket;
  /** The largest item that the server takes; undefined if it does not say. */
  readonly mostBytes: number | undefined;
}

/**
 * Keeps memjs' own timeouts from ever firing: memjs would then end the socket instead of destroying it, and what was
 * waiting to be sent would still be written. Besides, a memjs Server that reconnects keeps half a response of its old
 * connection, and loses its new socket when the old one closes late. So each connection has its own Server.
 */
const neverSeconds = 86_400;

/** Without a logger memjs prints errors that it also passes to the callback. */
export const memjsOptions = () => ({ retries: 1, logger: { log() {} } });

/** Connects to a memcached and asks for its settings. Rejects with a YTaskError, `Connection` if none answers. */
export function dial(address: Address, timeoutMs: number): Promise<Dialled> {
  const server = new Server(address.host, address.port, address.username, address.password, {
    timeout: neverSeconds,
    conntimeout: neverSeconds,
    keepAlive: true,
    keepAliveDelay: 30,
  });
  return new Promise((resolve, reject) => {
    const timer = afterBound(timeoutMs, () =>
      server.error(
        new YTaskError(
          ErrorCode.Connection,
          `memcached ${addressName(address)} cannot be reached (no answer within ${timeoutMs} ms)`,
        ),
      ),
    );
    server.onError("dial", (error) => {
      timer.cancel();
      reject(toYTaskError(error, address));
    });
    server.sock(false, (socket) => {
      // memjs does not notice that the server closed the connection, and leaves its calls waiting.
      socket.once("close", () => server.error(new Error("the server closed the connection")));
      askForMostBytes(server, (mostBytes) => {
        // If the connection broke meanwhile, this is called too, before the error that says why.
        if (socket.destroyed) return;
        timer.cancel();
        resolve({ server, socket, mostBytes });
      });
    });
  });
}

function askForMostBytes(server: Server, answer: (mostBytes: number | undefined) => void): void {
  new Client([server], memjsOptions()).statsWithKey("settings", (_error, _name, settings) => {
    const mostBytes = Number(settings?.item_size_max);
    answer(mostBytes > 0 ? mostBytes : undefined);
  });
}
