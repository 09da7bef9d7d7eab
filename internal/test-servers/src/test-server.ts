import type { DataFolder } from "./data-folder.js";
import type { ServerProcess } from "./server-process.js";

/** What a test can do with every server that it started. */
export interface TestServer {
  /** On 127.0.0.1; the same after `kill` and `start`. */
  readonly port: number;
  /** Ends it, with SIGKILL by default, and resolves once it has ended. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again after `kill`, on the same port and with the data that it keeps on disk. */
  start(): Promise<void>;
  /** Freezes it: its connections stay open, and nothing is answered. */
  pause(): void;
  /** Lets it go on after `pause`. */
  resume(): void;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** The part that is the same for each kind of server. Processes start in the order given, and stop in the reverse. */
export const testServer = (
  port: number,
  folder: DataFolder,
  main: ServerProcess,
  helpers: ServerProcess[] = [],
): TestServer => ({
  port,
  kill: (signal) => main.kill(signal),
  async start() {
    for (const helper of helpers) await helper.start();
    await main.start();
  },
  pause: () => main.pause(),
  resume: () => main.resume(),
  async stop() {
    await main.kill();
    for (const helper of helpers) await helper.kill();
    await folder.remove();
  },
});

/** Starts it; where that fails, deletes its folder before it throws. */
export const started = async <Server extends TestServer>(server: Server): Promise<Server> => {
  try {
    await server.start();
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
};
