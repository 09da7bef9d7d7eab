import { readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findProgram } from "./find-program.js";

/** Where RabbitMQ's and Erlang's programs are. */
export interface RabbitMqInstallation {
  server: string;
  control: string;
  /** Erlang's name service. */
  epmd: string;
}

const systemFolders = ["/usr/sbin", "/usr/local/sbin", "/usr/lib/erlang/bin", "/usr/local/lib/erlang/bin"];

// Debian's programs are links to a wrapper that goes through `su` as root, which leaves the process group that we end,
// and that refuses every other user. The scripts that it wraps, in its own folder, do neither.
const findScript = (name: string): string | undefined => {
  const program = findProgram(name, systemFolders);
  if (!program) return undefined;
  const target = realpathSync(program);
  return basename(target) === "rabbitmq-script-wrapper" ? join(dirname(target), name) : program;
};

/** Undefined where one of the programs is missing. */
export const findRabbitMq = (): RabbitMqInstallation | undefined => {
  const server = findScript("rabbitmq-server");
  const control = findScript("rabbitmqctl");
  const epmd = findProgram("epmd", systemFolders);
  return server && control && epmd ? { server, control, epmd } : undefined;
};

/**
 * The user `rabbitmq` where this process is root, since Erlang's cookie and RabbitMQ's folders are not to be root's;
 * undefined, which means this process's own user, elsewhere.
 */
export const rabbitMqUser = (): { uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith("rabbitmq:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined;
};
