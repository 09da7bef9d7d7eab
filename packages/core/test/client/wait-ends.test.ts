import { describe, expect, it } from "vitest";
import type { Backend } from "../../src/backend.js";
import { ErrorCode, YTaskError } from "../../src/index.js";
import { World } from "../support/world.js";
import { never, withoutWatch } from "../support/wrap.js";

/** What a wait ends with whose reads have these outcomes, the last of them again and again. */
const endOfWait = async (timeoutMs: number, ...reads: Backend["get"][]) => {
  const world = new World();
  const backend = withoutWatch(world.backend());
  let next = 0;
  const get = () => reads[Math.min(next++, reads.length - 1)]?.([]) ?? never();
  const client = world.client({ backend: { ...backend, get } });
  const end = client.getResult("a", { timeoutMs }).catch((error) => error);
  await world.clock.advance(timeoutMs);
  return end;
};

const gone = new YTaskError(ErrorCode.Connection, "the backend is gone");

describe("a wait that is over", () => {
  it("names why an earlier read failed, where the last is still out when it ends", async () => {
    const end = await endOfWait(3_000, () => Promise.reject(gone), never);
    expect(end.message).toContain("within 3000 ms: the backend could not be read: the backend is gone");
    expect(end.cause).toBe(gone);
  });

  it("says for how long the backend has not answered, where no read failed", async () => {
    expect((await endOfWait(3_000, never)).message).toContain("be read: it has not answered for 3000 ms");
    expect((await endOfWait(6_000, never)).message).toContain(
      "be read: the backend did not answer within 5000 ms",
    );
    const notStored = async () => [undefined];
    expect((await endOfWait(3_000, notStored, never)).message).toContain(
      "be read: it has not answered for 29",
    );
  });

  it("says that it is not finished, where the bound cut only an ordinary read short", async () => {
    const world = new World();
    const inner = withoutWatch(world.backend());
    const slow = async (keys: readonly string[]) => {
      await new Promise<void>((resolve) => void world.clock.after(90, resolve));
      return inner.get(keys);
    };
    const client = world.client({ backend: { ...inner, get: slow } });
    const end = client.getResult("a", { timeoutMs: 100 }).catch((error) => error);
    await world.clock.advance(100);
    expect((await end).message).toContain("within 100 ms: it is not finished yet");
  });

  it("names what is odd about a value that cannot be read, whatever was thrown", async () => {
    expect((await endOfWait(100, async () => ["no result"])).message).toContain(
      "could not be read: not JSON",
    );
    const odd = new TypeError("the value is a list");
    expect(await endOfWait(100, () => Promise.reject(odd))).toMatchObject({
      message: expect.stringContaining("could not be read: the value is a list"),
      cause: odd,
    });
  });
});
