import { answers } from "./answers.js";
import { dataFolder } from "./data-folder.js";
import { ferretDbProgram } from "./ferretdb.js";
import { findProgram } from "./find-program.js";
import { freePort } from "./free-port.js";
import { ServerProcess } from "./server-process.js";
import { started, type TestServer, testServer } from "./test-server.js";

/** A server of the test's own that speaks MongoDB's protocol. */
export interface MongoServer extends TestServer {
  readonly url: string;
  /** What it is: FerretDB refuses TTL indices, change streams, transactions and pipeline updates. */
  readonly kind: "mongod" | "ferretdb";
}

/** Starts mongod where it is installed, else FerretDB on SQLite, and resolves once it takes connections. */
export const startMongo = async (): Promise<MongoServer> => {
  const mongod = findProgram("mongod");
  const program = mongod ?? (await ferretDbProgram());
  const folder = dataFolder("mongo");
  const port = await freePort();
  const server = new ServerProcess({
    program,
    arguments: mongod
      ? ["--port", String(port), "--bind_ip", "127.0.0.1", "--dbpath", folder.path, "--quiet"]
      : [`127.0.0.1:${port}`, folder.path],
    folder: folder.path,
    port,
    isReady: () => answers(port),
  });
  return started({
    ...testServer(port, folder, server),
    url: `mongodb://127.0.0.1:${port}`,
    kind: mongod ? "mongod" : "ferretdb",
  });
};
