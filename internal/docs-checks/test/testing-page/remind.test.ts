import { Status } from "@ytask/core";
import { expect, test } from "vitest";
import { start } from "./start.js";

test("a reminder waits for its hour, and for the mail server", async () => {
  const { clock, client, close } = await start();
  const task = await client.send("mail", "remind", ["Ada"], { runAfterMs: 3_600_000 });

  await clock.advance(3_599_999);
  expect(await task.status()).toBe(Status.Sent);

  await clock.advance(10_000); // it is due, and so are its retries, after one and two seconds more
  const result = await task.result();
  expect(result.values()).toEqual(["mailed Ada"]);
  expect(result.retryCount).toBe(2);
  await close();
});
