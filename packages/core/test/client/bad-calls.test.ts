import { describe, expect, it } from "vitest";
import { type Client, ErrorCode } from "../../src/index.js";
import { badNames, coded, makeClient, refusal, untyped } from "../support/bad-input.js";

describe("the arguments of a send", () => {
  it.each(["text", 5, {}, null, new Set([1]), { length: 1, 0: "a" }])(
    "as %o, and no array, are refused",
    async (args) => {
      const wanted = refusal("arguments must be an array");
      await expect(makeClient().send("g", "task", untyped(args))).rejects.toThrow(wanted);
      await expect(
        makeClient().sendMany([{ group: "g", name: "task", args: untyped(args) }]),
      ).rejects.toThrow(wanted);
    },
  );
});

describe("client.sendMany", () => {
  it.each([{ requests: undefined }, { requests: null }, { requests: {} }, { requests: "g" }])(
    "refuses %o",
    async ({ requests }) => {
      await expect(makeClient().sendMany(untyped(requests))).rejects.toThrow(refusal("sendMany"));
    },
  );

  it.each([{ request: null }, { request: undefined }, { request: "task" }, { request: [] }])(
    "refuses %o among its requests, names it, and sends none",
    async ({ request }) => {
      const client = makeClient();
      const sending = client.sendMany([{ group: "g", name: "task" }, untyped(request)]);
      await expect(sending).rejects.toThrow(refusal("requests\\[1\\]"));
      expect(await client.counts("g")).toMatchObject({ waiting: 0 });
    },
  );

  it("refuses a hole among its requests, and names the request of an argument that cannot cross", async () => {
    const client = makeClient();
    const request = { group: "g", name: "task" };
    await expect(
      client.sendMany(untyped(Object.assign(new Array(3), { 0: request, 2: request }))),
    ).rejects.toThrow(refusal("requests\\[1\\]"));
    const sending = client.sendMany([request, { ...request, args: [1, untyped(() => 1)] }]);
    await expect(sending).rejects.toThrow(/^client\.sendMany: requests\[1\]: args\[1\]: a function/);
    expect(await client.counts("g")).toMatchObject({ waiting: 0 });
  });

  it("sends nothing where nothing is given", async () => {
    expect(await makeClient().sendMany([])).toEqual([]);
  });
});

describe("a wait for a result", () => {
  const waits: readonly (readonly [string, (client: Client, options: unknown) => Promise<unknown>])[] = [
    ["client.getResult", (client, options) => client.getResult("id", untyped(options))],
    ["task.result", async (client, options) => (await client.send("g", "task")).result(untyped(options))],
    ["task.value", async (client, options) => (await client.send("g", "task")).value(untyped(options))],
  ];
  const bad: readonly (readonly [string, unknown])[] = [
    ["timeoutMs", -1],
    ["timeoutMs", Number.NaN],
    ["timeoutMs", Number.POSITIVE_INFINITY],
    ["timeoutMs", "3000"],
    ["timeoutMs", null],
    ["pollIntervalMs", 0],
    ["pollIntervalMs", -1],
    ["pollIntervalMs", Number.NaN],
    ["pollIntervalMs", "300"],
    ["signal", {}],
    ["signal", new AbortController()],
  ];

  it.each(waits.flatMap(([place, wait]) => bad.map(([name, value]) => [place, name, value, wait] as const)))(
    "%s refuses %s: %s",
    async (_, name, value, wait) => {
      await expect(wait(makeClient(), { [name]: value })).rejects.toThrow(
        refusal(`^wait: options\\.${name} must be`),
      );
    },
  );

  it.each(waits)("%s refuses options that are not there", async (_, wait) => {
    await expect(wait(makeClient(), { timeout: 1 })).rejects.toThrow(
      refusal('no option "timeout"', "timeoutMs"),
    );
    await expect(wait(makeClient(), 3_000)).rejects.toThrow(refusal("^wait: options must be an object"));
  });

  it.each(badNames)("for the id %s is refused", async (id) => {
    await expect(makeClient().getResult(untyped(id))).rejects.toThrow(refusal("id must be"));
    await expect(makeClient().getStatus(untyped(id))).rejects.toThrow(refusal("id must be"));
    await expect(makeClient().abort(untyped(id))).rejects.toThrow(refusal("id must be"));
  });
});

describe("client.abort", () => {
  it.each([0, -2, 1.5, Number.NaN, "60", null])(
    "refuses to be remembered for %s seconds",
    async (expiresSeconds) => {
      await expect(makeClient().abort("id", { expiresSeconds: untyped(expiresSeconds) })).rejects.toThrow(
        refusal("client.abort", "expiresSeconds must be"),
      );
    },
  );

  it("refuses an option that is not there", async () => {
    await expect(makeClient().abort("id", untyped({ expireSeconds: 1 }))).rejects.toThrow(
      refusal('no option "expireSeconds"', "expiresSeconds"),
    );
  });
});

describe("the dead letters of a group", () => {
  it.each([0, -1, 1.5, Number.NaN, "10", null])("are not listed up to %s", async (limit) => {
    await expect(
      makeClient()
        .deadLetters("g")
        .list({ limit: untyped(limit) }),
    ).rejects.toThrow(refusal("deadLetters.list", "limit must be"));
  });

  it("are not listed by an option that is not there", async () => {
    await expect(
      makeClient()
        .deadLetters("g")
        .list(untyped({ max: 1 })),
    ).rejects.toThrow(refusal('no option "max"', "limit"));
  });

  it.each([{ ids: "id" }, { ids: [5] }, { ids: null }, { ids: {} }, { ids: [undefined] }])(
    "are not sent again by %o",
    async ({ ids }) => {
      await expect(makeClient().deadLetters("g").redrive(untyped(ids))).rejects.toThrow(
        refusal("deadLetters.redrive", "ids"),
      );
    },
  );
});

describe("a client without a backend", () => {
  it.each<readonly [string, object]>([
    ["since none was given", { backend: undefined }],
    ["since nothing is stored", { statusExpires: 0, resultExpires: 0 }],
  ])("says so at once where a result is asked for, %s", async (_, more) => {
    const client = makeClient(more);
    const task = await client.send("g", "task");
    const wanted = coded(ErrorCode.NilBackend, "no result to read");
    await expect(task.value()).rejects.toThrow(wanted);
    await expect(task.result()).rejects.toThrow(wanted);
    await expect(task.status()).rejects.toThrow(wanted);
    await expect(client.getResult(task.id)).rejects.toThrow(wanted);
    await expect(client.getStatus(task.id)).rejects.toThrow(wanted);
  });

  it("cannot abort", async () => {
    const client = makeClient({ backend: undefined });
    const task = await client.send("g", "task");
    await expect(task.abort()).rejects.toThrow(coded(ErrorCode.NilBackend, "cannot be aborted"));
  });
});

describe("a client that was closed", () => {
  it("takes nothing more", async () => {
    const client = makeClient();
    const task = await client.send("g", "task");
    const letters = client.deadLetters("g");
    await client.close();
    await client.close();
    const closed = coded(ErrorCode.Closed, "closed");
    await expect(client.send("g", "task")).rejects.toThrow(closed);
    await expect(client.sendMany([{ group: "g", name: "task" }])).rejects.toThrow(closed);
    await expect(client.sendWorkflow([{ group: "g", name: "task" }])).rejects.toThrow(closed);
    await expect(client.getResult(task.id)).rejects.toThrow(closed);
    await expect(client.getStatus(task.id)).rejects.toThrow(closed);
    await expect(client.abort(task.id)).rejects.toThrow(closed);
    await expect(client.counts("g")).rejects.toThrow(closed);
    expect(() => client.deadLetters("g")).toThrow(closed);
    await expect(task.value()).rejects.toThrow(closed);
    await expect(task.status()).rejects.toThrow(closed);
    await expect(task.abort()).rejects.toThrow(closed);
    await expect(letters.list()).rejects.toThrow(closed);
    await expect(letters.redrive()).rejects.toThrow(closed);
    await expect(letters.purge()).rejects.toThrow(closed);
  });
});
