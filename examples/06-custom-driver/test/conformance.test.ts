import { mkdtempSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backendConformance, brokerConformance, type Connection } from "@ytask/conformance";
import { afterAll, describe, it } from "vitest";
import { FileBackend, FileBroker } from "../src/index.js";

const folder = mkdtempSync(join(tmpdir(), "ytask-custom-driver-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Each driver reaches the folder by its own path, which a test can take away, like a network drive that is unmounted. */
const ways = new Map<object, string>();
let made = 0;

function create<Driver extends object>(make: (path: string) => Driver): Driver {
  const way = join(folder, `way-${made++}`);
  symlinkSync(folder, way);
  const driver = make(way);
  ways.set(driver, way);
  return driver;
}

const wayOf = (driver: object): string => ways.get(driver) ?? "";
const connection: Connection<object> = {
  cut: (driver) => unlinkSync(wayOf(driver)),
  mend: (driver) => symlinkSync(folder, wayOf(driver)),
  stall: { missing: "a call to the file system is answered or fails: nothing waits" },
};

const runner = { describe, it };
const broker = (path: string) => new FileBroker({ file: join(path, "tasks.json"), leaseMs: 600 });
const empty = (file: string) => rmSync(join(folder, file), { force: true });
brokerConformance(runner, {
  tidyUp: () => empty("tasks.json"),
  capabilities: broker(folder).capabilities,
  takenBackWithinMs: 1_000,
  create: () => create(broker),
  connection,
});

const backend = (path: string) => new FileBackend({ file: join(path, "results.json") });
backendConformance(runner, {
  tidyUp: () => empty("results.json"),
  capabilities: backend(folder).capabilities,
  watch: { missing: "the file is looked at" },
  create: () => create(backend),
  connection,
});
