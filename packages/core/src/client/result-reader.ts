import type { Backend, Unwatch } from "../backend.js";
import { checkOptions, rules } from "../check-options.js";
import { Batcher } from "../collections/batcher.js";
import { TurnoverMap } from "../collections/turnover-map.js";
import type { DriverHold } from "../driver-hold.js";
import { ErrorCode, messageOf, TimedOut, YTaskError } from "../errors.js";
import { resultKey } from "../keys.js";
import type { Logger } from "../log/logger.js";
import type { Reading } from "../results/read-keys.js";
import type { Result } from "../results/result.js";
import { parseResult } from "../results/result-text.js";
import type { Clock } from "../time/clock.js";
import { KeyReader } from "./key-reader.js";
import type { WaitOptions } from "./task-handle.js";
import { Wait } from "./wait.js";

const defaultTimeoutMs = 30_000;
const defaultPollMs = 300;
const firstPollMs = 1;
const readBoundMs = 5_000;
/** A wait may end while its last read is pending. Only a read that took this long says something about the backend. */
const silentMs = 1_000;
/** The most reads a millisecond that all waits make together. */
const mostReadsPerMs = 5;
/** How many waits look at the same moment, with their reads in one call. If there are more waits, they take turns. */
const crowd = 500;

const waitRules = {
  timeoutMs: rules.milliseconds,
  pollIntervalMs: rules.positiveMilliseconds,
  signal: rules.signal,
};

/** Reads results and waits for them: woken by the backend if it can do that, otherwise polling less and less often. */
export class ResultReader {
  readonly #backend: Backend;
  readonly #hold: DriverHold;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #batcher: Batcher<string, Reading | Promise<Reading>>;
  /**
   * The waits under way, for `close` to end. One abort signal for all of them would be slower: adding a listener
   * searches all existing listeners.
   */
  readonly #waits = new TurnoverMap<Wait, undefined>();
  #isClosed = false;

  constructor(backend: Backend, hold: DriverHold, clock: Clock, logger: Logger) {
    this.#backend = backend;
    this.#hold = hold;
    this.#clock = clock;
    this.#logger = logger;
    const reader = new KeyReader({ backend, hold, clock, logger, boundMs: readBoundMs });
    this.#batcher = new Batcher((keys) => reader.read(keys));
  }

  /** The stored result; undefined where there is none. Rejects where the backend cannot be read. */
  async read(id: string): Promise<Result | undefined> {
    const reading = await this.#batcher.add(resultKey(id));
    if (reading.status === "rejected") throw reading.reason;
    return reading.value === undefined ? undefined : parseResult(reading.value);
  }

  /** The result once it is finished. Rejects as `TaskHandle.result` does. */
  async wait(id: string, options: WaitOptions | undefined): Promise<Result> {
    checkOptions(options, waitRules, "wait: options");
    const { timeoutMs = defaultTimeoutMs, pollIntervalMs = defaultPollMs, signal } = options ?? {};
    const wait = new Wait(this.#clock, timeoutMs, signal);
    this.#waits.set(wait, undefined);
    if (this.#isClosed) wait.endBecause(closed());
    const unwatch = this.#watch(id, wait);
    try {
      return await this.#poll(id, wait, pollIntervalMs);
    } finally {
      this.#waits.delete(wait);
      wait.cleanUp();
      void unwatch.then((end) => end?.()).catch(() => undefined);
    }
  }

  /** Ends every wait. */
  close(): void {
    this.#isClosed = true;
    for (const wait of this.#waits.keys()) wait.endBecause(closed());
  }

  async #poll(id: string, wait: Wait, longestPauseMs: number): Promise<Result> {
    let pauseMs = firstPollMs;
    let problem: unknown;
    for (let isFirst = true; ; isFirst = false) {
      const began = this.#clock.elapsed();
      try {
        const result = await wait.orOver(this.read(id));
        if (result?.isFinished()) return result;
        problem = undefined;
      } catch (error) {
        if (!wait.isOver) problem = error;
        else {
          // If an earlier read failed, its error says more than the silence of this one.
          const silence = this.#clock.elapsed() - began;
          if (isFirst || silence >= silentMs) problem ??= silent(silence);
          throw this.#timedOut(id, wait, problem);
        }
      }
      const ownPauseMs = wait.isWatched ? longestPauseMs : Math.min(pauseMs, longestPauseMs);
      if (!(await wait.pause(Math.max(ownPauseMs, this.#sharedPauseMs()))))
        throw this.#timedOut(id, wait, problem);
      pauseMs *= 2;
    }
  }

  /** How long a wait has to pause at least, given how many others there are. */
  #sharedPauseMs(): number {
    const crowds = this.#waits.size / crowd;
    const turns = crowds > 1 ? Math.ceil(crowds * 2 * Math.random()) : crowds;
    return (turns * crowd) / mostReadsPerMs;
  }

  #timedOut(id: string, wait: Wait, problem: unknown): unknown {
    if (wait.endedBy !== undefined) return wait.endedBy;
    const why =
      problem === undefined
        ? "it is not finished yet, or nothing of it is stored"
        : `the backend could not be read: ${messageOf(problem)}`;
    return new TimedOut(`no result of task ${id} within ${wait.timeoutMs} ms: ${why}`, { cause: problem });
  }

  /** Watches before the first read, so that no result is missed. If the watch fails, polling remains. */
  async #watch(id: string, wait: Wait): Promise<Unwatch | undefined> {
    if (this.#backend.watch === undefined || wait.timeoutMs === 0) return undefined;
    try {
      await this.#connect();
      const unwatch = await this.#backend.watch(resultKey(id), () => wait.wake());
      wait.isWatched = true;
      wait.wake();
      return unwatch;
    } catch {
      return undefined;
    }
  }

  #connect(): Promise<void> {
    return this.#hold.isConnected ? Promise.resolve() : this.#hold.connect({ logger: this.#logger });
  }
}

const silent = (ms: number): YTaskError =>
  new YTaskError(ErrorCode.Backend, `it has not answered for ${ms} ms`);

const closed = (): YTaskError => new YTaskError(ErrorCode.Closed, "the client was closed");
