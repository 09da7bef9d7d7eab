import { capturesOf } from "@ytask-internal/go-captures";
import { describe, expect, it } from "vitest";
import { parseMessage } from "../../src/wire/index.js";
import { parseTime } from "../../src/wire/time.js";

const behaviours = capturesOf("behaviours");
/** Go drops these since nobody registered the task, or since the names of the fields are others: the text is fine. */
const readable = ["unknown WorkerName", "v2.5.0: unknown WorkerName"];
/** To Go this is a message without name and id. Here too; the engine makes it a dead letter, as it has no id. */
const withoutId = ["lower-case keys id/worker_name/func_args (json tags)"];

describe("a message that Go was given", () => {
  it("is there to be tested", () => expect(behaviours.length).toBeGreaterThan(30));

  it.each(
    behaviours.filter(({ result }) => result !== "").map((capture) => [capture.case, capture] as const),
  )("%s: Go ran it, so it is read here", (_, { body, result }) => {
    expect(parseMessage(body).id).toBe(JSON.parse(result).Id);
  });

  it.each(
    behaviours.filter(({ result }) => result === "").map((capture) => [capture.case, capture.body] as const),
  )("%s: Go dropped it, so it is Malformed here, or a task that nobody knows", (name, body) => {
    if (readable.includes(name)) expect(parseMessage(body).name).toBe("nope");
    else if (withoutId.includes(name)) expect(parseMessage(body).name).toBe("");
    else expect(() => parseMessage(body)).toThrow(expect.objectContaining({ code: 110 }));
  });

  it("has no retries without MsgArgs, as in Go", () => {
    const [capture] = behaviours.filter(({ case: name }) => name === "missing MsgArgs");
    expect(parseMessage(capture?.body ?? "").retryCount).toBe(0);
  });

  it("is read with a Workflow that is empty as one without", () => {
    const [capture] = behaviours.filter(({ case: name }) => name === "Workflow [] instead of null");
    expect(parseMessage(capture?.body ?? "").workflow).toBeUndefined();
  });
});

describe("a time on the wire", () => {
  it.each([
    ["2030-01-02T03:04:05Z", Date.UTC(2030, 0, 2, 3, 4, 5)],
    ["2030-01-02T03:04:05.006Z", Date.UTC(2030, 0, 2, 3, 4, 5, 6)],
    ["2030-01-02T03:04:05.12Z", Date.UTC(2030, 0, 2, 3, 4, 5, 120)],
    ["2030-01-02T03:04:05+08:00", Date.UTC(2030, 0, 1, 19, 4, 5)],
    ["2030-01-02T03:04:05-03:30", Date.UTC(2030, 0, 2, 6, 34, 5)],
    ["2028-02-29T23:59:59+02:00", Date.UTC(2028, 1, 29, 21, 59, 59)],
    ["9999-12-31T23:59:59Z", Date.UTC(9999, 11, 31, 23, 59, 59)],
    ["1970-01-01T00:00:00.000Z", 0],
  ])("%s is read", (text, ms) => expect(parseTime(text)).toBe(ms));

  it.each([
    ["2030-01-02T03:04:05.000000006+08:00", Date.UTC(2030, 0, 1, 19, 4, 5, 1)],
    ["2030-01-02T03:04:05.000999999Z", Date.UTC(2030, 0, 2, 3, 4, 5, 1)],
    ["2030-01-02T03:04:05.999000001Z", Date.UTC(2030, 0, 2, 3, 4, 6)],
    ["2030-01-02T03:04:05.0000000000006Z", Date.UTC(2030, 0, 2, 3, 4, 5, 1)],
  ])("%s is rounded up, so that nothing is due early", (text, ms) => expect(parseTime(text)).toBe(ms));

  it("is read to the millisecond in each of a second's thousand", () => {
    for (let ms = 0; ms < 1_000; ms++) {
      const at = Date.UTC(2030, 0, 2, 3, 4, 5, ms);
      expect(parseTime(new Date(at).toISOString())).toBe(at);
    }
  });

  it.each(["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z", "0001-01-01T08:00:00+08:00"])(
    "%s is no time",
    (text) => expect(parseTime(text)).toBeUndefined(),
  );

  it.each([
    "",
    "now",
    "2030-01-02",
    "2030-01-02T03:04:05",
    "2030-13-02T03:04:05Z",
    "2030-01-02T03:04:61Z",
    // Days and hours that there are not: a Date would take those after them.
    "2030-02-29T00:00:00Z",
    "2030-04-31T00:00:00+02:00",
    "2030-01-02T24:00:00Z",
    "1",
  ])("%s is refused", (text) => expect(parseTime(text)).toBeNaN());
});
