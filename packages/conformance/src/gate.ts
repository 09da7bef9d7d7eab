import { connect, createServer, type Server, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";

type State = "open" | "cut" | "stalled";

/** One connection through the gate. While it is stalled, what arrives is held back. */
interface Passage {
  readonly near: Socket;
  readonly far: Socket;
  readonly kept: (() => void)[];
}

/** Stands between one driver and its server on TCP, so that a test can take their connection away. */
export class Gate {
  readonly #server: Server;
  readonly #passages = new Set<Passage>();
  readonly #target: { readonly host: string; readonly port: number };
  #state: State = "open";

  private constructor(server: Server, target: { readonly host: string; readonly port: number }) {
    this.#server = server;
    this.#target = target;
    server.on("connection", (near) => this.#admit(near));
  }

  /** Opens a gate on a free port of 127.0.0.1. */
  static async open(target: { readonly host: string; readonly port: number }): Promise<Gate> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    return new Gate(server, target);
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The gate is closed.");
    return address.port;
  }

  /** Breaks open connections, and every new one as soon as it is made. */
  cut(): void {
    this.#state = "cut";
    for (const passage of this.#passages) this.#break(passage);
  }

  /** Holds back what arrives, in both directions, and breaks nothing. */
  stall(): void {
    this.#state = "stalled";
  }

  /** Lets everything pass again: first what was held back, for connections that their owner has not given up. */
  async mend(): Promise<void> {
    // A driver may have given up a connection in this turn. Node notices that in its next turn, and tells the other end
    // one turn later. What was held back for such a connection must not pass.
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    this.#state = "open";
    for (const { kept } of this.#passages) for (const deliver of kept.splice(0)) deliver();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #admit(near: Socket): void {
    if (this.#state === "cut") {
      near.destroy();
      return;
    }
    const passage = { near, far: connect(this.#target), kept: [] };
    this.#passages.add(passage);
    this.#join(passage, near, passage.far);
    this.#join(passage, passage.far, near);
  }

  #join(passage: Passage, from: Socket, to: Socket): void {
    from.setNoDelay(true);
    from.on("data", (bytes) => {
      if (this.#state === "stalled") passage.kept.push(() => to.write(bytes));
      else to.write(bytes);
    });
    // What was held back for a closed connection is dropped: what a dead process sent does not arrive later.
    from.on("close", () => this.#break(passage));
    from.on("error", () => {});
  }

  #break(passage: Passage): void {
    this.#passages.delete(passage);
    passage.kept.length = 0;
    passage.near.destroy();
    passage.far.destroy();
  }
}
