import { connect } from "node:net";

/** Sends a command of memcached's text protocol, as Go's client does. Resolves to the answer up to the line `end`. */
export function raw(port: number, command: string, end: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(command));
    let answer = "";
    socket.on("error", reject);
    socket.on("data", (bytes) => {
      answer += bytes.toString();
      if (!answer.endsWith(`${end}\r\n`)) return;
      socket.destroy();
      resolve(answer);
    });
  });
}

/** The answer to `get`: `VALUE <key> <flags> <bytes>`, the value, `END`; only `END` where there is nothing. */
export const rawGet = (port: number, key: string) => raw(port, `get ${key}\r\n`, "END");

/** The seconds that are left of a value; -1 where it does not expire. */
export async function secondsLeft(port: number, key: string): Promise<number> {
  const answer = await raw(port, `mg ${key} t\r\n`, "");
  return Number(/^HD t(-?\d+)/.exec(answer)?.[1]);
}
