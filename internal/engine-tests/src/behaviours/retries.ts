import { PermanentError, Status, type TaskOptions, withContext } from "@ytask/core";
import { expect } from "vitest";
import { until } from "../awaiting.js";
import type { Behaviour } from "../behaviour.js";
import type { Bench } from "../bench.js";

const atOnce: TaskOptions = { backoff: false };

/** A task that notes its attempts and fails each time. */
function failing(
  attempts: number[],
  before: (context: Parameters<Parameters<typeof withContext>[0]>[0]) => unknown = () => {},
) {
  return withContext(async (context) => {
    attempts.push(context.attempt);
    await before(context);
    throw new Error(`attempt ${context.attempt} failed`);
  });
}

async function runToItsEnd(
  bench: Bench,
  task: ReturnType<typeof failing>,
  options: TaskOptions,
  retryCount?: number,
) {
  const server = await bench.server();
  server.add(bench.group, "fail", task, options);
  await server.run(bench.group);
  const client = await bench.client();
  const handle = await client.send(bench.group, "fail", [], { retryCount });
  const result = await handle.result();
  await until(async () => (await client.deadLetters(bench.group).list()).length > 0);
  const [letter] = await client.deadLetters(bench.group).list();
  return { result, letter };
}

export const threeRetriesByDefault: Behaviour = {
  title: "a task that throws is tried four times, then it failed and is a dead letter",
  async run(bench) {
    const attempts: number[] = [];
    const { result, letter } = await runToItsEnd(bench, failing(attempts), atOnce);
    expect(attempts).toEqual([1, 2, 3, 4]);
    expect([result.status, result.retryCount, result.error]).toEqual([Status.Failure, 3, "attempt 4 failed"]);
    expect(letter).toMatchObject({
      taskId: result.id,
      name: "fail",
      reason: "retriesExhausted",
      error: "attempt 4 failed",
    });
  },
};

export const theSenderNamesTheRetries: Behaviour = {
  title: "the sender's retry count comes before the task's own",
  async run(bench) {
    const attempts: number[] = [];
    await runToItsEnd(bench, failing(attempts), { ...atOnce, retryCount: 5 }, 1);
    expect(attempts).toEqual([1, 2]);
  },
};

export const theTaskNamesTheRetries: Behaviour = {
  title: "the task's own retry count applies where the sender named none",
  async run(bench) {
    const attempts: number[] = [];
    await runToItsEnd(bench, failing(attempts), { ...atOnce, retryCount: 1 });
    expect(attempts).toEqual([1, 2]);
  },
};

export const aTaskSetsItsRetries: Behaviour = {
  title: "context.setRetryCount sets how many retries are left",
  async run(bench) {
    const attempts: number[] = [];
    const left: number[] = [];
    const task = failing(attempts, (context) => {
      if (context.attempt === 1) context.setRetryCount(2);
      if (context.attempt === 2) context.setRetryCount(0);
      left.push(context.retriesLeft);
    });
    const { letter } = await runToItsEnd(bench, task, atOnce, 7);
    expect(attempts).toEqual([1, 2]);
    expect(left).toEqual([2, 0]);
    expect(letter?.reason).toBe("retriesExhausted");
  },
};

export const aPermanentErrorEndsATask: Behaviour = {
  title: "a PermanentError is not retried",
  async run(bench) {
    const attempts: number[] = [];
    const task = failing(attempts, () => {
      throw new PermanentError("the account is closed");
    });
    const { result, letter } = await runToItsEnd(bench, task, atOnce);
    expect(attempts).toEqual([1]);
    expect(result.error).toBe("the account is closed");
    expect(letter?.reason).toBe("permanentFailure");
  },
};

export const aTaskAsksForARetry: Behaviour = {
  title: "context.retry tries again after its delay, even where the task catches what it throws",
  async run(bench) {
    const server = await bench.server();
    const startedAt: number[] = [];
    const task = withContext((context) => {
      startedAt.push(performance.now());
      if (context.attempt > 1) return context.attempt;
      try {
        return context.retry(new Error("busy"), { delayMs: 300 });
      } catch {
        return -1;
      }
    });
    server.add(bench.group, "ask", task);
    await server.run(bench.group);
    const client = await bench.client();
    const result = await (await client.send(bench.group, "ask")).result();
    expect([result.get(0), result.retryCount]).toEqual([2, 1]);
    expect((startedAt[1] ?? 0) - (startedAt[0] ?? 0)).toBeGreaterThanOrEqual(295);
  },
};

export const retriesSurviveTheServer: Behaviour = {
  title: "a retry waits in the broker with its count: another server makes the second attempt",
  async run(bench) {
    const attempts: number[] = [];
    const first = await bench.server();
    first.add(bench.group, "fail", failing(attempts), { backoff: { kind: "fixed", initialMs: 300 } });
    await first.run(bench.group);
    const client = await bench.client();
    const handle = await client.send(bench.group, "fail", [], { retryCount: 1 });
    await until(async () => (await handle.status()) === Status.WaitingRetry);
    await first.shutdown();
    const second = await bench.server();
    second.add(bench.group, "fail", failing(attempts), atOnce);
    await second.run(bench.group);
    const result = await handle.result();
    expect(attempts).toEqual([1, 2]);
    expect([result.status, result.retryCount]).toEqual([Status.Failure, 1]);
  },
};
