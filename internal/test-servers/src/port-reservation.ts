import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = join(tmpdir(), "ytask-test-ports");
const own: string[] = [];

/**
 * Reserves a port for this process, for as long as it lives; false where another has it. A server may take seconds
 * until it listens, and in between the port looks free to whoever starts another server.
 */
export function reserve(port: number): boolean {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, String(port));
  if (!write(file) && !(isAbandoned(file) && write(file))) return false;
  if (own.length === 0) process.once("exit", release);
  own.push(file);
  return true;
}

/** The file itself is the lock: only one can make it. */
function write(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    return false;
  }
}

/** Whether the process that made the file is gone; then the file is too. */
function isAbandoned(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    if (pid > 0) process.kill(pid, 0);
    // Of a file that was made this moment the process is not written yet: it is somebody's.
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EPERM") return false;
    remove(file);
    return true;
  }
}

function release(): void {
  for (const file of own) remove(file);
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // Somebody else removed it.
  }
}
