import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describeWithServer, waitUntil } from "@ytask-internal/test-servers";
import { connect } from "amqplib";
import { inject, it } from "vitest";
import { ForeignLink } from "../src/connection/link.js";
import { Questions } from "../src/connection/questions.js";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

describeWithServer("rabbitmq", "questions", () => {
  // A server asks one a second for each of its groups.
  it("leave nothing in memory once others were answered", async () => {
    const connection = await connect(inject("amqpUrl"));
    const questions = new Questions(new ForeignLink(connection), 50_000);
    const ask = async () =>
      new WeakRef(await questions.ask("Could not ask", (channel) => channel.prefetch(1)));
    const answer = await ask();
    await ask();
    await ask();
    await waitUntil(
      "the answer is collected",
      () => {
        collectGarbage();
        return answer.deref() === undefined;
      },
      { timeoutMs: 10_000 },
    );
    await questions.close(1_000);
    await connection.close();
  });
});
