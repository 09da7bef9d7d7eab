import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@ytask/core";
import { type Plan, planTask, retryCount } from "./plan.js";
import type { Random } from "./random.js";
import { group } from "./settings.js";

/** What became of a send. */
export interface Sent {
  readonly plan: Plan;
  readonly from: number;
  /** When the broker confirmed it; undefined where it did not: it may be stored all the same. */
  readonly confirmedAt: number | undefined;
  readonly id: string | undefined;
}

/** Sends tasks at a steady rate, whatever happens, and takes note of what was confirmed. */
export class Producer {
  readonly sent: Sent[] = [];
  readonly #client: Client;
  readonly #random: Random;
  readonly #file: string;
  readonly #sending = new Set<Promise<void>>();
  #next = 0;

  constructor(client: Client, random: Random, file: string) {
    this.#client = client;
    this.#random = random;
    this.#file = file;
  }

  /** Resolves once every send is confirmed or has failed. */
  async run(durationMs: number, perSecond: number): Promise<void> {
    const startedAt = Date.now();
    for (let elapsedMs = 0; elapsedMs < durationMs; elapsedMs = Date.now() - startedAt) {
      // By the clock, so that a machine that is busy elsewhere does not lower the rate.
      while (this.#next < (elapsedMs / 1_000) * perSecond) this.#begin(planTask(this.#next++, this.#random));
      await sleep(10);
    }
    await Promise.all(this.#sending);
  }

  #begin(plan: Plan): void {
    const sending = this.#send(plan).finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }

  async #send(plan: Plan): Promise<void> {
    const from = Date.now();
    let id: string | undefined;
    let error: unknown;
    try {
      id = (await this.#hand(plan)).id;
    } catch (thrown) {
      error = thrown;
    }
    const confirmedAt = id === undefined ? undefined : Date.now();
    this.sent.push({ plan, from, confirmedAt, id });
    const reason = error instanceof Error ? error.message : undefined;
    appendFileSync(this.#file, `${JSON.stringify({ ...plan, from, confirmedAt, id, reason })}\n`);
  }

  #hand({ number, runMs, failures, delaysMs }: Plan): Promise<{ readonly id: string }> {
    const [delayMs = 0, ...later] = delaysMs;
    const args = [number, runMs, failures];
    const options = { retryCount, ...(delayMs > 0 ? { runAfterMs: delayMs } : {}) };
    if (later.length === 0) return this.#client.send(group, "step0", args, options);
    return this.#client.sendWorkflow([
      { group, name: "step0", args, options },
      ...later.map((runAfterMs, index) => ({
        group,
        name: `step${index + 1}`,
        options: { retryCount, runAfterMs },
      })),
    ]);
  }
}
