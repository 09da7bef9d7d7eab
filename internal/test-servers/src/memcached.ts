import { answers } from "./answers.js";
import { dataFolder } from "./data-folder.js";
import { freePort } from "./free-port.js";
import { addSaslUser, type SaslUser } from "./memcached-sasl.js";
import { ServerProcess } from "./server-process.js";
import { started, type TestServer, testServer } from "./test-server.js";

export interface MemcachedOptions {
  /** How much it keeps before it evicts; default 64. */
  memoryMegabytes?: number;
  /** As memcached's `-I` takes it, such as `"2m"`; default 1 MB. */
  maxItemSize?: string;
  /** Default: a free one. */
  port?: number;
  /** More of memcached's arguments, such as `["-M"]`. */
  arguments?: string[];
  /** Asks for this user's password, and speaks the binary protocol only. Needs saslpasswd2. */
  sasl?: SaslUser;
}

/** A memcached of the test's own. It forgets everything when it ends. */
export interface MemcachedServer extends TestServer {
  /** `host:port`, as clients take it. */
  readonly servers: string;
}

/** Starts a memcached on 127.0.0.1 and resolves once it answers. */
export const startMemcached = async (options: MemcachedOptions = {}): Promise<MemcachedServer> => {
  const { memoryMegabytes = 64, maxItemSize, port = await freePort(), sasl } = options;
  const folder = dataFolder("memcached");
  const environment = sasl && (await addSaslUser(folder.path, sasl));
  const server = new ServerProcess({
    program: "memcached",
    arguments: [
      ...["-l", "127.0.0.1", "-p", String(port), "-U", "0", "-m", String(memoryMegabytes)],
      ...(maxItemSize ? ["-I", maxItemSize] : []),
      ...(sasl ? ["-S", "-B", "binary"] : []),
      ...(options.arguments ?? []),
      // memcached refuses to run as root.
      ...(process.getuid?.() === 0 ? ["-u", "nobody"] : []),
    ],
    folder: folder.path,
    port,
    isReady: () => (sasl ? answers(port) : answers(port, "version\r\n", "VERSION")),
    ...(environment ? { environment } : {}),
  });
  return started({ ...testServer(port, folder, server), servers: `127.0.0.1:${port}` });
};
