import { type CaptureFile, capturesOf } from "@ytask-internal/go-captures";
import { describe, expect, it } from "vitest";
import { delayedQueueKey } from "../../src/keys.js";
import { abortKey, queueKey, resultKey } from "../../src/wire/index.js";

describe("the names of queues and keys", () => {
  it("are the Go original's, as documented", () => {
    expect(queueKey("mail")).toBe("YTask:Queue:mail");
    expect(queueKey("mail", 2)).toBe("YTask:Query:mail");
    expect(delayedQueueKey("mail")).toBe("YTask:Queue:Delay:mail");
    expect(delayedQueueKey("mail", 2)).toBe("YTask:Query:Delay:mail");
    expect(resultKey("1")).toBe("YTask:Backend:1");
    expect(abortKey("1")).toBe("YTask:Backend:Abort:1");
  });

  it.each<readonly [CaptureFile, 2 | 3, string]>([
    ["messages-v2.5.0", 2, "fix"],
    ["messages-v3.0.2", 3, "fix"],
    ["messages-v3.0.2-rabbitmq", 3, "rmq3\\w?"],
  ])("are where Go sent what %s shows", (file, version, group) => {
    const sent = capturesOf(file).filter(({ kind, body }) => kind === "message" && body);
    for (const { queue, body } of sent) {
      const isDelayed = !body.includes('"RunTime":"0001-01-01T00:00:00Z"');
      const key = isDelayed ? delayedQueueKey(group, version) : queueKey(group, version);
      expect(queue).toMatch(new RegExp(`^${key}$`));
    }
  });
});
