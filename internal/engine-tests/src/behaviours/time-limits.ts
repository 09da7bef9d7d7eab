import { ErrorCode, Status, withContext } from "@ytask/core";
import { expect } from "vitest";
import { deferred, fired, next, until } from "../awaiting.js";
import type { Behaviour } from "../behaviour.js";

export const aTaskReactsToItsLimit: Behaviour = {
  title: "a task that stops when its time limit fires its signal is retried",
  async run(bench) {
    const reasons: unknown[] = [];
    const server = await bench.server();
    server.add(
      bench.group,
      "slow",
      withContext(async ({ signal, attempt }) => {
        if (attempt > 1) return attempt;
        reasons.push(await fired(signal));
        throw signal.reason;
      }),
      { timeoutMs: 200, backoff: false },
    );
    await server.run(bench.group);
    const client = await bench.client();
    expect(await (await client.send(bench.group, "slow")).value()).toBe(2);
    expect(reasons).toMatchObject([{ name: "TimedOut", code: ErrorCode.TimeOut }]);
  },
};

export const aTaskIgnoresItsLimit: Behaviour = {
  title:
    "a task that ignores its time limit failed; its return is discarded, and its slot is not free while it runs",
  async run(bench) {
    const gate = deferred();
    let isRunning = false;
    let overlapped = false;
    const server = await bench.server();
    server.add(
      bench.group,
      "ignore",
      async () => {
        isRunning = true;
        await gate.promise;
        isRunning = false;
        return "too late";
      },
      { timeoutMs: 200 },
    );
    server.add(bench.group, "next", () => {
      overlapped = isRunning;
    });
    const failed = next(server, "failed");
    await server.run(bench.group);
    const client = await bench.client();
    const ignoring = await client.send(bench.group, "ignore");
    const result = await ignoring.result();
    expect(result.status).toBe(Status.Failure);
    expect(result.error).toContain("limit of 200 ms");
    expect(await failed).toMatchObject({ id: ignoring.id, attempt: 1 });
    expect(bench.log.of(ignoring.id).map(({ message }) => message)).toContainEqual(
      expect.stringContaining("ignores its time limit"),
    );
    const behind = await client.send(bench.group, "next");
    // The broker has it, and the server could take it if it had a slot.
    await until(async () => (await behind.status()) === Status.Sent);
    gate.resolve();
    await behind.result();
    expect(overlapped).toBe(false);
    expect((await ignoring.result()).status).toBe(Status.Failure);
  },
};
