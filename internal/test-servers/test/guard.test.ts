import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { answers } from "../src/answers.js";
import { describeWithOwnServer, waitUntil } from "../src/index.js";

const script = fileURLToPath(new URL("fixtures/start-and-wait.ts", import.meta.url));

describeWithOwnServer("redis", "a test process that is killed", () => {
  test("leaves no server running and no data behind", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const { port, folder } = JSON.parse(String((await once(child.stdout, "data"))[0]));
    expect(await answers(port)).toBe(true);
    expect(existsSync(folder)).toBe(true);
    child.kill("SIGKILL");
    await waitUntil("the server has ended", async () => !(await answers(port)));
    await waitUntil("its data is deleted", () => !existsSync(folder));
  });
});
