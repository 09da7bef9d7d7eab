/**
 * The part of memjs 1.3 that this package uses. memjs has no types of its own, and @types/memjs lets `getServer`
 * return a string and `seq` be read only.
 */
declare module "memjs" {
  import type { Socket } from "node:net";

  interface ServerOptions {
    /** Seconds. */
    timeout: number;
    /** Seconds. */
    conntimeout: number;
    keepAlive: boolean;
    /** Seconds. */
    keepAliveDelay: number;
  }

  /** A connection to one memcached. */
  class Server {
    constructor(
      host: string,
      port: number,
      username: string | undefined,
      password: string | undefined,
      options: ServerOptions,
    );
    /** Calls `use` once the connection is made and, with credentials, authenticated. */
    sock(authenticating: boolean, use: (socket: Socket) => void): void;
    /** `fail` is called once the connection breaks, with an Error, or with a string if authentication failed. */
    onError(name: string, fail: (error: unknown) => void): void;
    /** Destroys the socket and calls everything that waits for a response with the error. */
    error(error: unknown): void;
  }

  type Callback<Value> = (error: unknown, value: Value) => void;

  interface ClientOptions {
    retries: number;
    logger: { log(...line: unknown[]): void };
  }

  class Client {
    constructor(servers: Server[], options: ClientOptions);
    seq: number;
    incrSeq: () => void;
    /** The index of the key's server; called only if there are several. */
    getServer: (key: string) => number;
    /** null if there is nothing. */
    get(key: string, callback: Callback<Buffer | null>): void;
    set(key: string, value: string, options: { expires: number }, callback: Callback<unknown>): void;
    /** false if something is there. */
    add(key: string, value: string, options: { expires: number }, callback: Callback<boolean | null>): void;
    statsWithKey(
      key: string,
      callback: (error: unknown, server: string, stats: Record<string, string> | null) => void,
    ): void;
  }
}
