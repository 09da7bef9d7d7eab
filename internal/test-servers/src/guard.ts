import { spawn } from "node:child_process";

/** Call it once what was guarded has ended in the ordinary way. */
export type Release = () => void;

// A shell whose standard input is a pipe from this process: `read` fails when this process is gone, however it
// ended, SIGKILL included, and only then does the rest of the script run.
const guard = (script: string, argument: string): Release => {
  const shell = spawn("/bin/sh", ["-c", `read -r released && exit 0; ${script}`, "guard", argument], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  shell.unref();
  // The shell is gone first only where somebody ended it; there is nothing to tell it then.
  shell.stdin.on("error", () => {});
  return () => shell.stdin.end("released\n");
};

/** Kills the process group `processId` when this process dies without having released it. */
export const guardProcessGroup = (processId: number): Release =>
  guard('kill -s KILL -- "-$1"', String(processId));

/** Deletes `folder` when this process dies without having released it. */
export const guardFolder = (folder: string): Release =>
  // Several tries: a server that is being killed may still write into it.
  guard('for attempt in 1 2 3 4 5; do rm -rf -- "$1" && break; sleep 0.3; done', folder);
