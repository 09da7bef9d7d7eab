import { answers } from "./answers.js";
import { dataFolder } from "./data-folder.js";
import { freePort } from "./free-port.js";
import { ServerProcess } from "./server-process.js";
import { started, type TestServer, testServer } from "./test-server.js";

export interface MemcachedOptions {
  /** How much it keeps before it evicts; default 64. */
  memoryMegabytes?: number;
  /** As memcached's `-I` takes it, such as `"2m"`; default 1 MB. */
  maxItemSize?: string;
  /** Default: a free one. */
  port?: number;
}

/** A memcached of the test's own. It forgets everything when it ends. */
export interface MemcachedServer extends TestServer {
  /** `host:port`, as clients take it. */
  readonly servers: string;
}

/** Starts a memcached on 127.0.0.1 and resolves once it answers. */
export const startMemcached = async (options: MemcachedOptions = {}): Promise<MemcachedServer> => {
  const { memoryMegabytes = 64, maxItemSize, port = await freePort() } = options;
  const folder = dataFolder("memcached");
  const server = new ServerProcess({
    program: "memcached",
    arguments: [
      ...["-l", "127.0.0.1", "-p", String(port), "-U", "0", "-m", String(memoryMegabytes)],
      ...(maxItemSize ? ["-I", maxItemSize] : []),
      // memcached refuses to run as root.
      ...(process.getuid?.() === 0 ? ["-u", "nobody"] : []),
    ],
    folder: folder.path,
    port,
    isReady: () => answers(port, "version\r\n", "VERSION"),
  });
  return started({ ...testServer(port, folder, server), servers: `127.0.0.1:${port}` });
};
