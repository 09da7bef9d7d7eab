import { type StandardSchemaV1, Status } from "@ytask/core";
import { type } from "arktype";
import * as valibot from "valibot";
import { expect } from "vitest";
import { z } from "zod";
import { until } from "../awaiting.js";
import type { Behaviour } from "../behaviour.js";

/** A list of a name and an age, in each library. */
const schemas: Record<string, StandardSchemaV1<unknown, readonly unknown[]>> = {
  zod: z.tuple([z.string(), z.number().int()]),
  valibot: valibot.tuple([valibot.string(), valibot.pipe(valibot.number(), valibot.integer())]),
  arktype: type(["string", "number.integer"]),
};

export const schemasCheckArguments: Behaviour = {
  title:
    "a schema of zod, valibot or arktype lets good arguments pass; bad ones fail for good, with the issues",
  async run(bench) {
    const server = await bench.server();
    const greet = (name: string, age: number) => `${name} is ${age}`;
    for (const [library, schema] of Object.entries(schemas))
      server.add(bench.group, library, greet, { schema });
    await server.run(bench.group);
    const client = await bench.client();
    for (const library of Object.keys(schemas)) {
      expect(await (await client.send(bench.group, library, ["Ada", 36])).value()).toBe("Ada is 36");
      const result = await (await client.send(bench.group, library, ["Ada", "thirty"])).result();
      expect([result.status, result.retryCount]).toEqual([Status.Failure, 0]);
      expect(result.error).toMatch(/schema of the task:.*args\.1/);
    }
    const letters = client.deadLetters(bench.group);
    await until(async () => (await letters.list()).length === 3);
    expect((await letters.list()).every(({ reason }) => reason === "permanentFailure")).toBe(true);
  },
};

export const schemasTransformArguments: Behaviour = {
  title: "a task gets what its schema makes of the arguments, however long that takes",
  async run(bench) {
    const server = await bench.server();
    const schema = z.tuple([z.string().transform(async (text) => text.toUpperCase())]);
    server.add(bench.group, "shout", (text: string) => `${text}!`, { schema });
    await server.run(bench.group);
    const client = await bench.client();
    expect(await (await client.send(bench.group, "shout", ["hello"])).value()).toBe("HELLO!");
  },
};
