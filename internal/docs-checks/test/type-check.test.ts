import { exec } from "node:child_process";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { writeBlocks } from "../src/compile.js";
import { pages } from "../src/pages.js";

/** Each test starts a compiler of its own, which takes long on a busy machine. */
const boundMs = 300_000;

const shown = pages.flatMap((page) => {
  const command = /^npx tsc .*$/m.exec(page.text)?.[0];
  return command === undefined ? [] : [{ page, path: page.path, command }];
});

describe.each(shown)("the type check that $path shows", ({ page, command }) => {
  const check = (change?: (code: string) => string) => {
    const [file = ""] = writeBlocks(page, "check", change).values();
    return promisify(exec)(command, { cwd: dirname(file) });
  };

  it(
    "finds nothing wrong in the programs beside it",
    async () => {
      await expect(check()).resolves.toMatchObject({ stdout: "" });
    },
    boundMs,
  );

  it(
    "refuses a wrong argument",
    async () => {
      await expect(check((code) => code.replace("[123, 44]", '["123", 44]'))).rejects.toMatchObject({
        stdout: expect.stringContaining("client.ts"),
      });
    },
    boundMs,
  );
});
