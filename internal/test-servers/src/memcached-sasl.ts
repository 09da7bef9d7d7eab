import { execFile } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { findProgram } from "./find-program.js";

export interface SaslUser {
  username: string;
  password: string;
}

/** Why no memcached can ask for passwords here; undefined where one can. */
export const whyNoSasl = (): string | undefined =>
  findProgram("saslpasswd2", ["/usr/sbin"]) ? undefined : "saslpasswd2 is not installed (Debian: sasl2-bin)";

/** Makes a password database with one user in `folder`. Resolves to the environment in which memcached finds it. */
export const addSaslUser = async (folder: string, user: SaslUser): Promise<Record<string, string>> => {
  const database = join(folder, "sasldb");
  const settings = [
    "mech_list: plain",
    "pwcheck_method: auxprop",
    "auxprop_plugin: sasldb",
    `sasldb_path: ${database}`,
  ];
  await writeFile(join(folder, "memcached.conf"), `${settings.join("\n")}\n`);
  await setPassword(database, user);
  // memcached gives its rights up before it reads them.
  await Promise.all([chmod(folder, 0o755), chmod(database, 0o644)]);
  return { SASL_CONF_PATH: folder };
};

const setPassword = (database: string, { username, password }: SaslUser): Promise<void> =>
  new Promise((resolve, reject) => {
    const program = findProgram("saslpasswd2", ["/usr/sbin"]);
    if (!program) return reject(new Error(whyNoSasl()));
    const child = execFile(
      program,
      ["-p", "-c", "-a", "memcached", "-u", hostname(), "-f", database, username],
      (error) => (error ? reject(error) : resolve()),
    );
    child.stdin?.end(password);
  });
