import { describe, expect, it } from "vitest";
import type { StandardSchemaV1 } from "../../src/index.js";
import type { SchemaIssue } from "../../src/task/standard-schema.js";
import { World } from "../support/world.js";

/** The error of a task whose schema finds this wrong. */
async function errorFor(...issues: readonly SchemaIssue[]): Promise<string | undefined> {
  const world = new World();
  const schema: StandardSchemaV1<unknown, readonly unknown[]> = {
    "~standard": { version: 1, vendor: "test", validate: () => ({ issues }) },
  };
  await world
    .server()
    .add("g", "task", () => {}, { schema })
    .run("g");
  const result = await (await world.client().send("g", "task", [{ id: 1 }])).result();
  return result.error;
}

describe("the error of arguments that a schema refuses", () => {
  const hint = "a schema checks the list of arguments, as z.tuple([…])";

  it.each<readonly [string, SchemaIssue]>([
    ["no path", { message: "expected object, received array" }],
    ["an empty path", { message: "expected object, received array", path: [] }],
    ["the property of one argument for its path", { message: "expected id", path: ["id"] }],
    ["such a path in objects", { message: "expected id", path: [{ key: "id" }, { key: 0 }] }],
  ])("says that schemas check a list, where an issue has %s", async (_, issue) => {
    expect(await errorFor(issue)).toContain(hint);
    expect(await errorFor({ message: "wrong", path: [0] }, issue)).toContain(hint);
  });

  it("names no argument where an issue has no path, though a copy of that may have one", async () => {
    class Path extends Array<PropertyKey> {
      constructor(...parts: readonly PropertyKey[]) {
        super();
        this.push(...parts);
      }
    }
    const error = await errorFor({ message: "must be a string", path: new Path() });
    expect(error).toContain("task: must be a string");
  });

  it("says where and what is wrong where each issue is of an argument", async () => {
    const error = await errorFor(
      { message: "expected number", path: [0, "id"] },
      { message: "too long", path: [{ key: 1 }] },
      { message: "missing", path: ["2"] },
    );
    expect(error).toBe(
      "the arguments do not match the schema of the task: " +
        "args.0.id: expected number; args.1: too long; args.2: missing",
    );
  });
});
