import { Socket } from "node:net";
import type { ChannelModel } from "amqplib";

/** The socket of a connection. amqplib does not offer it, so this looks for it; undefined if it is not found. */
function socketOf(model: ChannelModel): Socket | undefined {
  const connection: object = model.connection;
  return "stream" in connection && connection.stream instanceof Socket ? connection.stream : undefined;
}

/**
 * Ends a connection without the server's help, for which `close()` would wait. If the socket is not found, heartbeats
 * end the connection later.
 */
export const endNow = (model: ChannelModel, error?: Error): void => {
  socketOf(model)?.destroy(error);
};

/** How many bytes have come from the server; undefined if the socket is not found. */
export const bytesFrom = (model: ChannelModel): number | undefined => socketOf(model)?.bytesRead;

/** Makes one system call for everything written in one turn of the event loop; amqplib makes one for each frame. */
export class WriteTogether {
  readonly #socket: Socket | undefined;
  #isNoted = false;
  #pending = 0;

  constructor(model: ChannelModel) {
    this.#socket = socketOf(model);
  }

  /** Call it before something is written. */
  hold(): void {
    if (this.#isNoted || this.#socket === undefined) return;
    this.#isNoted = true;
    if (this.#pending++ === 0) this.#socket.cork();
    // amqplib passes what was written to channels in this turn on to its socket when the turn ends, or in the next.
    setImmediate(() => {
      this.#isNoted = false;
      setImmediate(() => this.#write());
    });
  }

  #write(): void {
    this.#socket?.uncork();
    if (--this.#pending > 0) this.#socket?.cork();
  }
}
