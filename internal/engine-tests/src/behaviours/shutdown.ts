import { ErrorCode, Status, withContext, YTaskError } from "@ytask/core";
import { expect } from "vitest";
import { deferred, fired, next } from "../awaiting.js";
import type { Behaviour } from "../behaviour.js";

export const shutdownWaits: Behaviour = {
  title: "a shutdown waits for what runs, takes nothing more, and says what it did",
  async run(bench) {
    const gate = deferred();
    const first = await bench.server();
    first.add(bench.group, "work", () => gate.promise);
    const started = next(first, "started");
    await first.run(bench.group);
    const client = await bench.client();
    const running = await client.send(bench.group, "work");
    await started;
    const waiting = await client.send(bench.group, "work");
    const shutdown = first.shutdown();
    expect(first.shutdown({ timeoutMs: 1 })).toBe(shutdown);
    gate.resolve();
    expect(await shutdown).toEqual({ completed: 1, released: 0 });
    expect((await running.result()).isSuccess()).toBe(true);
    expect(await waiting.status()).toBe(Status.Sent);
    await expect(first.run(bench.group)).rejects.toSatisfy((error) =>
      YTaskError.isInstance(error, ErrorCode.Closed),
    );
    const second = await bench.server();
    second.add(bench.group, "work", () => "elsewhere");
    await second.run(bench.group);
    expect(await waiting.value()).toBe("elsewhere");
  },
};

export const shutdownGivesBack: Behaviour = {
  title:
    "at its bound a shutdown fires the signals and gives back what still runs, without costing it a retry",
  async run(bench) {
    const reasons: unknown[] = [];
    const first = await bench.server();
    first.add(
      bench.group,
      "stop",
      withContext(async ({ signal }) => {
        reasons.push(await fired(signal));
        throw signal.reason;
      }),
    );
    const ignores = deferred();
    first.add(bench.group, "ignore", () => ignores.promise.then(() => "too late"));
    await first.run(bench.group, { concurrency: 2 });
    const client = await bench.client();
    const started = new Promise<void>((resolve) => {
      let count = 0;
      first.on("started", () => ++count === 2 && resolve());
    });
    const stops = await client.send(bench.group, "stop", [], { retryCount: 0 });
    const goesOn = await client.send(bench.group, "ignore", [], { retryCount: 0 });
    await started;
    expect(await first.shutdown({ timeoutMs: 20 })).toEqual({ completed: 0, released: 2 });
    expect(reasons).toMatchObject([{ code: ErrorCode.ServerStop }]);
    ignores.resolve();
    const second = await bench.server();
    const attempt = withContext((context) => `attempt ${context.attempt} elsewhere`);
    second.add(bench.group, "stop", attempt).add(bench.group, "ignore", attempt);
    await second.run(bench.group, { concurrency: 2 });
    expect(await stops.value()).toBe("attempt 1 elsewhere");
    expect(await goesOn.value()).toBe("attempt 1 elsewhere");
  },
};
