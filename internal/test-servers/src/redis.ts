import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type DataFolder, dataFolder } from "./data-folder.js";
import { freePort } from "./free-port.js";
import { createCertificate } from "./redis-certificate.js";
import { ServerProcess } from "./server-process.js";

export interface RedisOptions {
  /** Whether data survives a kill: the append-only file is written before a command is answered. Default true. */
  appendOnly?: boolean;
  /** More of redis-server's arguments, such as `["--maxmemory", "20mb"]`. */
  arguments?: string[];
  /** Serves TLS, and nothing else, with a certificate that `certificateAuthority` vouches for. */
  tls?: boolean;
  password?: string;
}

/** A Redis server of the test's own. */
export class RedisServer {
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly url: string;
  /** PEM text; with `tls` only. */
  readonly certificateAuthority: string | undefined;
  readonly #folder: DataFolder;
  readonly #server: ServerProcess;
  readonly #clientArguments: string[];
  readonly #password: string | undefined;

  private constructor(
    port: number,
    folder: DataFolder,
    options: RedisOptions,
    tls: TlsArguments | undefined,
  ) {
    const { appendOnly = true, password } = options;
    this.port = port;
    this.url = `${tls ? "rediss" : "redis"}://${password ? `:${password}@` : ""}${this.host}:${port}`;
    this.certificateAuthority = tls?.certificateAuthority;
    this.#folder = folder;
    this.#password = password;
    this.#clientArguments = ["-h", this.host, "-p", String(port), ...(tls?.client ?? [])];
    this.#server = new ServerProcess({
      program: "redis-server",
      arguments: [
        ...(tls ? ["--port", "0", "--tls-port", String(port), ...tls.server] : ["--port", String(port)]),
        ...[
          "--bind",
          this.host,
          "--dir",
          folder.path,
          "--save",
          "",
          "--appendonly",
          appendOnly ? "yes" : "no",
        ],
        ...(password ? ["--requirepass", password] : []),
        ...(options.arguments ?? []),
      ],
      folder: folder.path,
      port,
      isReady: async () => (await this.command("PING").catch(() => "")) === "PONG",
    });
  }

  static async create(options: RedisOptions): Promise<RedisServer> {
    const folder = dataFolder("redis");
    const tls = options.tls ? await tlsArguments(folder.path) : undefined;
    const server = new RedisServer(await freePort(), folder, options, tls);
    await server.start();
    return server;
  }

  /** What redis-cli prints for this command. */
  async command(...command: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)("redis-cli", [...this.#clientArguments, ...command], {
      env: { ...process.env, ...(this.#password ? { REDISCLI_AUTH: this.#password } : {}) },
      timeout: 5_000,
    });
    return stdout.trim();
  }

  /** Ends it, with SIGKILL by default, and resolves once it has ended. Its data stays for `start`. */
  kill(signal?: NodeJS.Signals): Promise<void> {
    return this.#server.kill(signal);
  }

  /** Starts it again after `kill`, on the same port and data. */
  start(): Promise<void> {
    return this.#server.start();
  }

  /** Freezes it: its connections stay open, and nothing is answered. */
  pause(): void {
    this.#server.pause();
  }

  resume(): void {
    this.#server.resume();
  }

  /** Ends it and deletes its data. */
  async stop(): Promise<void> {
    await this.#server.kill();
    await this.#folder.remove();
  }
}

interface TlsArguments {
  server: string[];
  client: string[];
  certificateAuthority: string;
}

const tlsArguments = async (folder: string): Promise<TlsArguments> => {
  const { certificateFile, keyFile, certificateAuthority } = await createCertificate(folder);
  return {
    server: [
      ...["--tls-cert-file", certificateFile, "--tls-key-file", keyFile],
      ...["--tls-ca-cert-file", certificateFile, "--tls-auth-clients", "no"],
    ],
    client: ["--tls", "--cacert", certificateFile],
    certificateAuthority,
  };
};

/** Starts a Redis server on a free port of 127.0.0.1 and resolves once it answers. */
export const startRedis = (options: RedisOptions = {}): Promise<RedisServer> => RedisServer.create(options);
