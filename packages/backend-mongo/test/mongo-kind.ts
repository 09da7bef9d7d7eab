import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { MongoClient } from "mongodb";

/**
 * What the tests' server is: FerretDB lacks some of what MongoDB does, and the kit is to be told before it connects.
 * Asked of the server where the environment names one, else the one that the tests start.
 */
export const mongoKind: "mongod" | "ferretdb" = await (async () => {
  const url = process.env.MONGO_URL;
  if (!url) return hasMongod() ? "mongod" : "ferretdb";
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 2_000 });
  try {
    const { ferretdbVersion } = await client.db().command({ buildInfo: 1 });
    return ferretdbVersion === undefined ? "mongod" : "ferretdb";
  } finally {
    await client.close();
  }
})();

function hasMongod(): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, "mongod"), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
