import { type Availability, installed, type ServerKind, urlVariables } from "./available.js";
import { ferretDbProgram } from "./ferretdb.js";
import { findProgram } from "./find-program.js";

// Run by scripts/test.mjs: builds what has to be built before the tests, and prints as JSON which servers tests can
// start, and why not.

const kinds = Object.keys(urlVariables) as ServerKind[];

const prepareMongo = async (): Promise<Availability> => {
  const found = installed("mongo");
  if (!found.yes || findProgram("mongod")) return found;
  try {
    await ferretDbProgram();
    return found;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { yes: false, reason: `FerretDB could not be built: ${message.trim().split("\n").at(-1)}` };
  }
};

const servers: Partial<Record<ServerKind, Availability>> = {};
for (const kind of kinds) servers[kind] = kind === "mongo" ? await prepareMongo() : installed(kind);
console.log(JSON.stringify(servers));
