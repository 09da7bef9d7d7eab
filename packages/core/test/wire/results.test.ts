import { bodiesOf, capturesOf } from "@ytask-internal/go-captures";
import { describe, expect, it } from "vitest";
import { Client, Status } from "../../src/index.js";
import { MemoryBackend, MemoryBroker } from "../../src/memory/index.js";
import { abortKey, parseResult, resultKey, serializeResult } from "../../src/wire/index.js";

const v2 = bodiesOf("results-v2.5.0-redis", "result");
const v3 = [
  ...bodiesOf("results-v3.0.2-redis", "result"),
  ...bodiesOf("results-v3.0.2-memcache", "result"),
  ...bodiesOf("messages-v3.0.2", "marshal").filter(([name]) => name === "result_zero"),
];

/**
 * Go writes a byte that is no UTF-8 as the escape of U+FFFD, and the character itself raw. Once read they are the same
 * character, so it is written raw.
 */
const withReplacements = (body: string): string => body.replaceAll("\\ufffd", "\ufffd");

describe("a result that Go stored", () => {
  it("is there to be tested, in each version and store", () => {
    expect(v2.length).toBeGreaterThan(90);
    expect(v3.length).toBeGreaterThan(300);
  });

  it.each(v3)("v3 %s: is written again byte for byte", (_, body) => {
    expect(serializeResult(parseResult(body))).toBe(withReplacements(body));
  });

  it.each(v2)("v2.5 %s: is written with v3's further fields", (_, body) => {
    expect(serializeResult(parseResult(body))).toBe(body.replace(/\}$/, ',"Workflow":null,"Err":""}'));
  });

  it("has the status that was captured beside it, under the key of its id", () => {
    for (const file of ["results-v2.5.0-redis", "results-v3.0.2-redis", "results-v3.0.2-memcache"] as const)
      for (const { kind, body, status, key } of capturesOf(file))
        if (kind === "result") {
          const result = parseResult(body);
          expect(result.status).toBe(status);
          expect(resultKey(result.id)).toBe(key);
        }
  });

  it("counts as finished only where no step of its workflow is left, though Go stores success after each", () => {
    const early = v3.filter(([, body]) => body.includes('"Status":4') && /"(waiting|running)"\]/.test(body));
    expect(early.length).toBeGreaterThan(0);
    for (const [, body] of early) {
      expect(parseResult(body).isFinished()).toBe(false);
      expect(parseResult(body).isSuccess()).toBe(false);
    }
  });
});

describe("a result in MongoDB, as Go's v3 writes it", () => {
  const texts = capturesOf("mongo-v3.0.2-mongo2").flatMap((capture) =>
    [...JSON.stringify(capture).matchAll(/"base64":"([^"]+)"/g)].map(([, data]) =>
      Buffer.from(data ?? "", "base64").toString(),
    ),
  );

  it("is the same text", () => {
    expect(texts).toHaveLength(5);
    for (const text of texts) expect(serializeResult(parseResult(text))).toBe(text);
    expect(parseResult(texts[1] ?? "").values()).toEqual([3, "<a>"]);
  });
});

describe("an abort flag", () => {
  const flags = capturesOf("results-v3.0.2-redis").filter((capture) => capture.case.startsWith("abort_flag"));

  it("is written as Go writes it", async () => {
    expect(flags).toHaveLength(3);
    const backend = new MemoryBackend();
    const client = new Client({ broker: new MemoryBroker(), backend });
    for (const { key, body } of flags) {
      const id = key.slice("YTask:Backend:Abort:".length);
      expect(abortKey(id)).toBe(key);
      await client.abort(id);
      expect(await backend.get([key])).toEqual([body]);
    }
    await client.close();
  });
});

describe("a result that is Malformed", () => {
  it.each([
    ["not JSON", "", "not JSON"],
    ["half a result", '{"Id":"1","Sta', "not JSON"],
    ["a list", "[]", "object"],
    ["null", "null", "object"],
    ["a status that does not exist", '{"Id":"1","Status":8}', "Status 8"],
    ["a negative status", '{"Id":"1","Status":-1}', "Status -1"],
    ["a status that is a text", '{"Id":"1","Status":"4"}', "Status"],
    ["values that are not texts", '{"Id":"1","Status":4,"FuncReturn":[3]}', "FuncReturn"],
    ["a step that is not a pair", '{"Id":"1","Status":4,"Workflow":["add"]}', "Workflow"],
    ["a step in an unknown state", '{"Id":"1","Status":4,"Workflow":[["add","done"]]}', "Workflow"],
    ["an error that is not a text", '{"Id":"1","Status":5,"Err":{}}', "Err"],
  ])("is refused: %s", (_, text, field) => {
    expect(() => parseResult(text)).toThrow(expect.objectContaining({ code: 110, name: "Malformed" }));
    expect(() => parseResult(text)).toThrow(field);
  });

  it("is read with fields that are unknown, missing, or differ in case, as Go reads it", () => {
    const result = parseResult('{"id":"1","STATUS":4,"New":{"x":1}}');
    expect(result).toMatchObject({ id: "1", status: Status.Success, retryCount: 0, workflow: [] });
    expect(result.error).toBeUndefined();
  });
});
