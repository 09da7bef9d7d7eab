import { connect, createServer, type Server } from "node:net";

/** The class and method of AMQP 0-9-1 methods that a client sends. */
const methods: Readonly<Record<string, string>> = { "60.40": "publish", "60.80": "ack", "60.20": "consume" };
const methodFrame = 1;
const protocolHeaderBytes = 8;
/** Type, channel and size before what a frame holds, and its end mark. */
const headBytes = 7;
const frameEndBytes = 1;

/** Stands between clients and RabbitMQ, and counts the methods that the clients send. */
export class FrameCounter {
  readonly #server: Server;
  readonly #counts = new Map<string, number>();

  static async start(amqpPort: number): Promise<FrameCounter> {
    const counter = new FrameCounter(amqpPort);
    await new Promise<void>((resolve) => counter.#server.listen(0, "127.0.0.1", resolve));
    return counter;
  }

  private constructor(amqpPort: number) {
    this.#server = createServer((client) => {
      const rabbit = connect(amqpPort, "127.0.0.1");
      const read = this.#reader();
      client.on("data", read);
      client.pipe(rabbit).pipe(client);
      for (const socket of [client, rabbit])
        socket.on("error", () => {
          client.destroy();
          rabbit.destroy();
        });
    });
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** How many of a method were sent since the last `reset`. */
  count(method: "publish" | "ack" | "consume"): number {
    return this.#counts.get(method) ?? 0;
  }

  reset(): void {
    this.#counts.clear();
  }

  close(): void {
    this.#server.close();
  }

  #reader(): (data: Buffer) => void {
    let left = Buffer.alloc(0);
    let toSkip = protocolHeaderBytes;
    return (data) => {
      left = Buffer.concat([left, data]);
      if (left.length < toSkip) return;
      left = left.subarray(toSkip);
      toSkip = 0;
      while (left.length >= headBytes) {
        const size = headBytes + left.readUInt32BE(3) + frameEndBytes;
        if (left.length < size) return;
        if (left[0] === methodFrame) this.#note(`${left.readUInt16BE(7)}.${left.readUInt16BE(9)}`);
        left = left.subarray(size);
      }
    };
  }

  #note(method: string): void {
    const name = methods[method] ?? method;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }
}
