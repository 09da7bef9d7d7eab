import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runToEnd, startUntil } from "../../run-example.js";

it("runs the client's tasks in the server's process, through files", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ytask-example-06-"));
  const environment = { YTASK_FOLDER: folder };
  try {
    const server = await startUntil("src/server.ts", "ready", environment);
    try {
      const output = await runToEnd("src/client.ts", environment);
      expect(output).toContain("add(123, 44) = 167");
      expect(output).toContain("half a second later: add(1, 2) = 3");
    } finally {
      expect(await server.end()).toBe(0);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);
