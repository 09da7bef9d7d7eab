import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createCertificate } from "./certificate.js";
import { dataFolder } from "./data-folder.js";
import { freePort } from "./free-port.js";
import { ServerProcess } from "./server-process.js";
import { started, type TestServer, testServer } from "./test-server.js";

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
export interface RedisServer extends TestServer {
  readonly host: string;
  readonly url: string;
  /** PEM text; with `tls` only. */
  readonly certificateAuthority: string | undefined;
  /** What redis-cli prints for this command. */
  command(...command: string[]): Promise<string>;
}

interface TlsArguments {
  server: string[];
  client: string[];
  certificateAuthority: string;
}

const host = "127.0.0.1";

/** Starts a Redis server on a free port of 127.0.0.1 and resolves once it answers. */
export const startRedis = async (options: RedisOptions = {}): Promise<RedisServer> => {
  const { appendOnly = true, password } = options;
  const folder = dataFolder("redis");
  const tls = options.tls ? await tlsArguments(folder.path) : undefined;
  const port = await freePort();
  const command = redisCli(port, tls?.client ?? [], password);
  const server = new ServerProcess({
    program: "redis-server",
    arguments: [
      ...(tls ? ["--port", "0", "--tls-port", String(port), ...tls.server] : ["--port", String(port)]),
      ...["--bind", host, "--dir", folder.path, "--save", "", "--appendonly", appendOnly ? "yes" : "no"],
      ...(password ? ["--requirepass", password] : []),
      ...(options.arguments ?? []),
    ],
    folder: folder.path,
    port,
    isReady: () => answersPing(command),
  });
  return started({
    ...testServer(port, folder, server),
    host,
    url: `${tls ? "rediss" : "redis"}://${password ? `:${password}@` : ""}${host}:${port}`,
    certificateAuthority: tls?.certificateAuthority,
    command,
  });
};

/** Whether a server or Sentinel serves. */
export const answersPing = async (command: RedisServer["command"]): Promise<boolean> =>
  (await command("PING").catch(() => "")) === "PONG";

/** What redis-cli prints for a command to the server on this port. */
export const redisCli =
  (port: number, tls: string[] = [], password?: string): RedisServer["command"] =>
  async (...command) => {
    const { stdout } = await promisify(execFile)(
      "redis-cli",
      ["-h", host, "-p", String(port), ...tls, ...command],
      {
        env: { ...process.env, ...(password ? { REDISCLI_AUTH: password } : {}) },
        timeout: 5_000,
      },
    );
    return stdout.trim();
  };

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
