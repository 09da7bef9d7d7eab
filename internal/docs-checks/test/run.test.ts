import { describeWithServer, type SharedServer, sharedRedis } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeBlocks } from "../src/compile.js";
import { pages } from "../src/pages.js";
import { promisedOutput, runToEnd, start } from "../src/run-program.js";

describeWithServer("redis", "the first programs of a README", () => {
  let redis: SharedServer;
  beforeAll(async () => {
    redis = await sharedRedis();
  });
  afterAll(() => redis?.stop());

  const firstPages = pages.filter(({ blocks }) => blocks.some(({ code }) => code.startsWith("// client.ts")));

  it.each(firstPages)("run as $path shows them", async (page) => {
    const files = writeBlocks(page, "run", (code) => code.replaceAll("redis://127.0.0.1:6379/0", redis.url));
    const [[client, clientFile] = [], [, serverFile] = []] = ["client.ts", "server.ts"].map((name) =>
      [...files].find(([{ code }]) => code.startsWith(`// ${name}`)),
    );
    if (client === undefined || clientFile === undefined || serverFile === undefined)
      throw new Error(`${page.path} shows no server.ts and client.ts`);
    const server = start(serverFile);
    try {
      expect((await runToEnd(clientFile)).trim().split("\n")).toEqual(promisedOutput(client.code));
    } finally {
      await server.end();
    }
  });
});

const programs = pages.flatMap((page) =>
  page.blocks
    .filter(({ info }) => info === "run")
    .map((block) => ({ page, block, place: page.path, line: block.line })),
);

describe.runIf(programs.length > 0)("programs that run in memory", () => {
  it.each(programs)("print what $place:$line says", async ({ page, block }) => {
    const file = writeBlocks(page, "run").get(block);
    const promised = promisedOutput(block.code);
    expect(promised).not.toEqual([]);
    expect((await runToEnd(file ?? "")).trim().split("\n")).toEqual(promised);
  });
});
