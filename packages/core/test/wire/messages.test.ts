import { bodiesOf, capturesOf } from "@ytask-internal/go-captures";
import { describe, expect, it } from "vitest";
import { parseMessage, serializeMessage } from "../../src/wire/index.js";

const kinds = ["message", "message_sent_by_worker", "delivery"];
const v2 = bodiesOf("messages-v2.5.0", ...kinds);
const v3 = [
  ...bodiesOf("messages-v3.0.2", ...kinds),
  ...bodiesOf("messages-v3.0.2-rabbitmq", ...kinds),
  ...bodiesOf("results-v3.0.2-redis", ...kinds),
];

/** A text that Go's int64 holds, and large. */
function expectGoInteger(text = ""): void {
  const size = BigInt(text) < 0n ? -BigInt(text) : BigInt(text);
  expect(size).toBeGreaterThan(2n ** 62n);
  expect(size).toBeLessThan(2n ** 63n);
}

describe("a message that Go wrote", () => {
  it("is there to be tested, in each version and transport", () => {
    expect(v2.length).toBeGreaterThan(80);
    expect(v3.length).toBeGreaterThan(190);
  });

  it.each(v3)("v3 %s: is written again byte for byte", (_, body) => {
    expect(serializeMessage(parseMessage(body))).toBe(body);
  });

  it.each(v2)("v2.5 %s: is written again byte for byte", (_, body) => {
    expect(serializeMessage(parseMessage(body), 2)).toBe(body);
  });

  it.each(v2)("v2.5 %s: is written for v3 with the same content", (_, body) => {
    const asV3 = body.replace('"TaskCtl"', '"MsgArgs"').replace(/\}\}$/, ',"Workflow":null}}');
    expect(serializeMessage(parseMessage(body), 3)).toBe(asV3);
  });

  it("has the id that Go's client returned", () => {
    for (const { kind, body, task_id } of capturesOf("messages-v3.0.2"))
      if (kind === "message" && body) expect(parseMessage(body).id).toBe(task_id);
  });

  it("is the zero message: no arguments are written [] and not null, which Go reads alike", () => {
    for (const [file, version] of [
      ["messages-v2.5.0", 2],
      ["messages-v3.0.2", 3],
    ] as const) {
      const [zero] = bodiesOf(file, "marshal").filter(([name]) => name === "message_zero");
      const body = zero?.[1] ?? "";
      expect(serializeMessage(parseMessage(body), version)).toBe(body.replace("null", "[]"));
    }
  });
});

describe("a message of v2.2, which has no ExpireTime", () => {
  it("never expires", () => {
    const body =
      '{"Id":"1","WorkerName":"add","FuncArgs":["1"],"TaskCtl":{"RetryCount":2,"RunTime":"0001-01-01T00:00:00Z"}}';
    expect(parseMessage(body)).toMatchObject({ retryCount: 2, runTime: undefined, expireTime: undefined });
  });
});

describe("the workflow of a message", () => {
  const step = (more: string) =>
    `{"Id":"1","WorkerName":"a","FuncArgs":[],"MsgArgs":{"Workflow":[{"GroupName":"g","WorkerName":"a"${more}}]}}`;

  it("has its delays in nanoseconds on the wire and in milliseconds here", () => {
    const message = parseMessage(step(',"RunAfter":1500000001'));
    expect(message.workflow?.[0]?.runAfterMs).toBe(1_500.000001);
    expect(serializeMessage(message)).toContain('"RunAfter":1500000001,');
  });

  it("keeps a delay of many years to be read by Go, whose nanoseconds are 64-bit integers", () => {
    const message = parseMessage(step(',"RunAfter":9000000000000000000'));
    expect(serializeMessage(message)).toContain('"RunAfter":9000000000000000000,');
  });

  it.each(["9223372036854775807", "-9223372036854775808"])(
    "keeps a delay of %s nanoseconds one that Go reads, though a number holds it only nearly",
    (nanoseconds) => {
      const written = serializeMessage(parseMessage(step(`,"RunAfter":${nanoseconds}`)));
      expectGoInteger(/"RunAfter":(-?\d+)/.exec(written)?.[1]);
    },
  );

  it("is kept in the layout of v2 too, as Go writes it there under v2's names", () => {
    const message = parseMessage(step(',"RetryCount":1'));
    expect(serializeMessage(message, 2)).toContain('"TaskCtl":{"RetryCount":0,');
    expect(parseMessage(serializeMessage(message, 2))).toEqual(message);
  });

  it("is Malformed with a delay that Go's integers cannot hold", () => {
    expect(() => parseMessage(step(',"RunAfter":1e19'))).toThrow("RunAfter");
  });
});

describe("the retry count of a message", () => {
  const message = (count: string) =>
    `{"Id":"1","WorkerName":"a","FuncArgs":[],"MsgArgs":{"RetryCount":${count}}}`;

  it.each(["9223372036854775807", "-9223372036854775808"])(
    "may be %s, and stays one that Go reads",
    (count) => {
      const written = serializeMessage(parseMessage(message(count)));
      expectGoInteger(/"RetryCount":(-?\d+)/.exec(written)?.[1]);
    },
  );

  it("is one that Go reads too where another program hands over the next number above its integers", () => {
    const written = serializeMessage({ ...parseMessage(message("1")), retryCount: 2 ** 63 });
    expectGoInteger(/"RetryCount":(-?\d+)/.exec(written)?.[1]);
  });

  it.each(["1.5", '"1"', "1e19", "true", "[]"])("is Malformed as %s", (count) => {
    expect(() => parseMessage(message(count))).toThrow(expect.objectContaining({ code: 110 }));
    expect(() => parseMessage(message(count))).toThrow("RetryCount");
  });
});

describe("what this library adds to a message", () => {
  const message = parseMessage(
    '{"Id":"1","WorkerName":"add","FuncArgs":["1"],"MsgArgs":{"RetryCount":3},"Extra":{"Step":1,"Retried":2,' +
      '"Default":[0,1],"Execution":"e","UnknownForMs":5}}',
  );

  it("is read and written again", () => {
    expect(message.extra).toEqual({
      step: 1,
      retried: 2,
      defaultRetryCount: [0, 1],
      executionId: "e",
      unknownForMs: 5,
    });
    expect(parseMessage(serializeMessage(message))).toEqual(message);
    expect(parseMessage(serializeMessage(message, 2))).toEqual(message);
  });

  it("is left out where there is nothing to add", () => {
    expect(serializeMessage({ ...message, extra: {} })).not.toContain("Extra");
  });

  it.each([
    ['{"Step":-1}', "Step"],
    ['{"Step":"1"}', "Step"],
    ['{"Retried":1.5}', "Retried"],
    ['{"Default":[-1]}', "Default"],
    ['{"Default":0}', "Default"],
    ['{"Execution":5}', "Execution"],
    ['{"UnknownForMs":1e300}', "UnknownForMs"],
    ["[]", "Extra"],
    ['"text"', "Extra"],
  ])("is Malformed as %s", (extra, field) => {
    const body = `{"Id":"1","WorkerName":"add","Extra":${extra}}`;
    expect(() => parseMessage(body)).toThrow(expect.objectContaining({ code: 110 }));
    expect(() => parseMessage(body)).toThrow(field);
  });
});
