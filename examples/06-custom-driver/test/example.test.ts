import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readmeCommand, runToEnd, startUntil } from "../../run-example.js";

const startServer = readmeCommand(1);
const startClient = readmeCommand(2);

it("runs the client's tasks in the server's process, through files", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ytask-example-06-"));
  const environment = { YTASK_FOLDER: folder };
  try {
    const server = await startUntil(startServer, "ready", environment);
    try {
      const output = await runToEnd(startClient, environment);
      expect(output).toContain("add(123, 44) = 167");
      expect(output).toContain("half a second later: add(1, 2) = 3");
    } finally {
      expect(await server.end()).toContain("the server is shut down");
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);
