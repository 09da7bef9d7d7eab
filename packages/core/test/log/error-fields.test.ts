import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { errorFields } from "../../src/log/error-fields.js";

describe("what a log line says of an error", () => {
  it("is its message, its stack, and the stacks of its causes", () => {
    const root = new TypeError("no such host");
    const error = new Error("no answer", { cause: new Error("no connection", { cause: root }) });
    const fields = errorFields(error);
    expect(fields.error).toBe("no answer");
    expect(fields.stack?.split("\n").filter((line) => !line.startsWith("    at "))).toEqual([
      "Error: no answer",
      "caused by: Error: no connection",
      "caused by: TypeError: no such host",
    ]);
    expect(fields.stack).toContain("error-fields.test.ts");
  });

  it("is nothing else that an error holds, nor a cause that is no error", () => {
    const error = Object.assign(new Error("refused"), { token: "secret" });
    error.cause = { password: "secret" };
    expect(JSON.stringify(errorFields(error))).not.toContain("secret");
  });

  it("is no password of a URL that a client library names; the paths of its frames stay", () => {
    const error = new Error("no connection", {
      cause: new Error("amqp://ada:secret@host is\n gone: //b:secret@h"),
    });
    error.stack += "\n    at connect (file:///app/node_modules/amqplib@1.0.0/lib/connect.js:5:3)";
    const { stack } = errorFields(error);
    expect(stack).not.toContain("secret");
    expect(stack).toContain("caused by: Error: amqp://***@host is\n gone: //***@h\n    at ");
    expect(stack).toContain("file:///app/node_modules/amqplib@1.0.0/lib/connect.js:5:3");
  });

  it("is its stack too where the error is of another realm", () => {
    expect(errorFields(runInNewContext('new Error("elsewhere")')).stack).toMatch(/^Error: elsewhere/);
  });

  it.each(["a text", 5, null, { stack: "no error" }])("is no stack where %o was thrown", (thrown) => {
    expect(errorFields(thrown)).toEqual({ error: expect.any(String) });
  });

  it("is some kB at most, however long the message and the chain", () => {
    let error = new Error("x".repeat(1_000_000));
    expect(errorFields(error).stack?.length).toBeLessThan(10_000);
    for (let depth = 0; depth < 1_000; depth++) error = new Error("outer", { cause: error });
    expect(errorFields(error).stack?.length).toBeLessThan(10_000);
  });

  it("ends where causes lead in a circle, and where reading them throws", () => {
    const error = new Error("first");
    error.cause = new Error("second", { cause: error });
    error.stack = "";
    expect(errorFields(error).stack?.match(/second/g)).toHaveLength(1);
    const hostile = Object.defineProperty(new Error("hostile"), "cause", {
      get: () => {
        throw new Error("not to be read");
      },
    });
    expect(errorFields(hostile).stack).toMatch(/^Error: hostile/);
  });
});
