import { ErrorCode, withContext } from "@ytask/core";
import { expect } from "vitest";
import { deferred, fired, next } from "../awaiting.js";
import type { Behaviour } from "../behaviour.js";

export const aLostLeaseFiresTheSignal: Behaviour = {
  title:
    "a task whose lease was lost runs elsewhere, is told to stop, and does not overwrite the first result",
  isFault: true,
  async run(bench) {
    const hasStopped = deferred<unknown>();
    const mayReturn = deferred();
    const first = await bench.server();
    first.add(
      bench.group,
      "work",
      withContext(async ({ signal }) => {
        hasStopped.resolve(await fired(signal));
        await mayReturn.promise;
        return "the late one";
      }),
    );
    const started = next(first, "started");
    const lost = next(first, "leaseLost");
    await first.run(bench.group);
    const client = await bench.client();
    const task = await client.send(bench.group, "work");
    await started;
    await bench.cut(first);
    const second = await bench.server();
    second.add(bench.group, "work", () => "the first to finish");
    await second.run(bench.group);
    expect(await task.value()).toBe("the first to finish");
    await bench.mend(first);
    expect(await hasStopped.promise).toMatchObject({ code: ErrorCode.LeaseLost });
    expect(await lost).toMatchObject({ id: task.id, group: bench.group, name: "work", attempt: 1 });
    mayReturn.resolve();
    await first.shutdown();
    expect(await task.value()).toBe("the first to finish");
  },
};

export const aCrashLosesNoStep: Behaviour = {
  title:
    "a workflow whose server dies in the middle of a step is finished by another, and no step is skipped",
  isFault: true,
  async run(bench) {
    const ran: string[] = [];
    const dies = await bench.server();
    const lives = await bench.server();
    for (const name of ["first", "second", "third"]) {
      const step = (n: number) => {
        ran.push(name);
        return n + 1;
      };
      dies.add(bench.group, name, name === "second" ? () => new Promise<never>(() => {}) : step);
      lives.add(bench.group, name, step);
    }
    const isInSecond = new Promise<void>((resolve) =>
      dies.on("started", ({ name }) => name === "second" && resolve()),
    );
    await dies.run(bench.group);
    const client = await bench.client();
    const task = await client.sendWorkflow([
      { group: bench.group, name: "first", args: [1] },
      { group: bench.group, name: "second" },
      { group: bench.group, name: "third" },
    ]);
    await isInSecond;
    await bench.cut(dies);
    await lives.run(bench.group);
    expect(await task.value()).toBe(4);
    expect(ran).toEqual(["first", "second", "third"]);
  },
};
