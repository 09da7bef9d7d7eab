import { expect, test } from "vitest";
import { answers } from "../src/answers.js";
import { describeWithOwnServer, startMongo } from "../src/index.js";

describeWithOwnServer("mongo", "a server that speaks MongoDB's protocol", () => {
  test("comes back on the same port after a kill, and is gone after stop", async () => {
    const mongo = await startMongo();
    expect(mongo.url).toBe(`mongodb://127.0.0.1:${mongo.port}`);
    await mongo.kill();
    expect(await answers(mongo.port)).toBe(false);
    await mongo.start();
    expect(await answers(mongo.port)).toBe(true);
    await mongo.stop();
    expect(await answers(mongo.port)).toBe(false);
  });
});
