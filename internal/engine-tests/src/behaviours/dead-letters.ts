import { Client, PermanentError, Status } from "@ytask/core";
import { queueKey } from "@ytask/core/wire";
import { expect } from "vitest";
import { deferred, until } from "../awaiting.js";
import type { Behaviour } from "../behaviour.js";

export const badMessagesBecomeDeadLetters: Behaviour = {
  title:
    "a message that does not parse or is too large is a dead letter with its reason, and the rest goes on",
  async run(bench) {
    const broker = await bench.broker();
    await broker.send([{ queue: queueKey(bench.group), body: "{not json" }]);
    const client = await bench.client();
    const large = await client.send(bench.group, "echo", ["x".repeat(5_000)]);
    const slightly = await client.send(bench.group, "echo", ["x".repeat(1_000)]);
    const small = await client.send(bench.group, "echo", ["small"]);
    const server = await bench.server({ maxMessageBytes: 1_000 });
    server.add(bench.group, "echo", (text: string) => text);
    await server.run(bench.group);
    expect(await small.value()).toBe("small");
    const letters = client.deadLetters(bench.group);
    await until(async () => (await letters.list()).length === 3);
    const [malformed, tooLarge, alsoTooLarge] = await letters.list();
    expect(alsoTooLarge).toMatchObject({ reason: "tooLarge", taskId: slightly.id });
    expect(malformed).toMatchObject({ reason: "malformed", body: "{not json", taskId: undefined });
    expect(tooLarge).toMatchObject({ reason: "tooLarge", taskId: large.id });
    expect(tooLarge?.error).toContain("1000 bytes");
    expect(Date.now() - (tooLarge?.at.getTime() ?? 0)).toBeLessThan(3_600_000);
  },
};

export const deadLettersAreSentAgain: Behaviour = {
  title: "a redriven task has its retries back and is Sent; its new result replaces the old",
  async run(bench) {
    let attempts = 0;
    let works = false;
    const server = await bench.server();
    server.add(
      bench.group,
      "mend",
      () => {
        attempts++;
        if (!works) throw new Error("broken");
        return "mended";
      },
      { backoff: false },
    );
    await server.run(bench.group);
    const client = await bench.client();
    const letters = client.deadLetters(bench.group);
    const task = await client.send(bench.group, "mend", [], { retryCount: 2 });
    expect((await task.result()).status).toBe(Status.Failure);
    await until(async () => (await letters.list()).length === 1);
    expect(attempts).toBe(3);
    attempts = 0;
    const [letter] = await letters.list();
    expect(await letters.redrive([letter?.id ?? ""])).toBe(1);
    await until(async () => (await letters.list()).length === 1);
    expect(attempts).toBe(3);
    works = true;
    expect(await letters.redrive()).toBe(1);
    expect(await task.value()).toBe("mended");
    expect(await letters.list()).toEqual([]);
  },
};

export const redrivenTasksAreSent: Behaviour = {
  title: "a redriven task is Sent, and an abort of its earlier life does not stop it",
  async run(bench) {
    const first = await bench.server();
    first.add(bench.group, "refuse", () => {
      throw new PermanentError("not now");
    });
    await first.run(bench.group);
    const client = await bench.client();
    const letters = client.deadLetters(bench.group);
    const task = await client.send(bench.group, "refuse");
    await task.result();
    await until(async () => (await letters.list()).length === 1);
    await first.shutdown();
    await task.abort();
    expect(await letters.redrive()).toBe(1);
    expect(await task.status()).toBe(Status.Sent);
    const second = await bench.server();
    second.add(bench.group, "refuse", () => "now");
    await second.run(bench.group);
    expect(await task.value()).toBe("now");
  },
};

export const deadLettersArePurged: Behaviour = {
  title: "purge deletes the dead letters of a group, and says how many there were",
  async run(bench) {
    const server = await bench.server();
    server.add(bench.group, "refuse", () => {
      throw new PermanentError("never");
    });
    await server.run(bench.group);
    const client = await bench.client();
    const letters = client.deadLetters(bench.group);
    await client.sendMany(
      Array.from({ length: 3 }, () => ({ group: bench.group, name: "refuse", args: [] })),
    );
    await until(async () => (await letters.list()).length === 3);
    expect(await letters.list({ limit: 2 })).toHaveLength(2);
    expect(await letters.purge()).toBe(3);
    expect(await letters.list()).toEqual([]);
  },
};

export const redriveGoesOnBehindClaims: Behaviour = {
  title:
    "a redrive of all leaves the oldest letters to a call that is sending them, and sends those behind them",
  async run(bench) {
    const count = 600;
    const server = await bench.server();
    server.add(bench.group, "refuse", () => {
      throw new PermanentError("never");
    });
    let dead = 0;
    server.on("deadLettered", () => dead++);
    await server.run(bench.group, { concurrency: 100 });
    const client = await bench.client();
    await client.sendMany(
      Array.from({ length: count }, () => ({ group: bench.group, name: "refuse", args: [] })),
    );
    await until(() => dead === count);
    await server.shutdown();
    const [began, goOn] = [deferred<number>(), deferred()];
    const backend = bench.drivers.backend();
    const set = backend.set.bind(backend);
    let claimed = 0;
    backend.set = async (entries) => {
      if (claimed > 0) {
        began.resolve(claimed);
        await goOn.promise;
      }
      claimed += entries.length;
      return set(entries);
    };
    await using slow = new Client({ broker: await bench.drivers.broker(), backend, logger: bench.log });
    const letters = await client.deadLetters(bench.group).list({ limit: count });
    const oldest = letters.slice(0, 500).map(({ id }) => id);
    const redriving = slow.deadLetters(bench.group).redrive(oldest);
    const held = await began.promise;
    expect(await client.deadLetters(bench.group).redrive()).toBe(count - held);
    goOn.resolve();
    expect(await redriving).toBe(held);
  },
};
