import type { Backend, Entry } from "../backend.js";
import { checkOptions, type Rule, rules } from "../check-options.js";
import type { DriverHold } from "../driver-hold.js";
import { ErrorCode, messageOf, YTaskError } from "../errors.js";
import { abortKey, resultKey } from "../keys.js";
import type { Result, ResultFields } from "../results/result.js";
import { readResult, serializeResult } from "../results/result-text.js";
import { Status } from "../results/status.js";
import { entryOf } from "../results/status-writer.js";
import type { Settings } from "../settings.js";
import { bounded } from "../time/bounded.js";

const dayInSeconds = 86_400;
const boundMs = 5_000;

export interface AbortOptions {
  /** SECONDS for which the abort is remembered. Default 86,400; -1 for ever. Let it outlive the task's delay. */
  readonly expiresSeconds?: number | undefined;
}

const expiry: Rule = (value) =>
  rules.expirySeconds(value) === undefined && value !== 0
    ? undefined
    : "a whole number of seconds above 0, or -1 for ever";

/** Aborts tasks by setting the flag that servers look for, Go servers too. */
export class Aborter {
  readonly #backend: Backend;
  readonly #hold: DriverHold;
  readonly #settings: Settings;

  constructor(backend: Backend, hold: DriverHold, settings: Settings) {
    this.#backend = backend;
    this.#hold = hold;
    this.#settings = settings;
  }

  /** As `Client.abort`. */
  async abort(id: string, options: AbortOptions | undefined): Promise<void> {
    checkOptions(options, { expiresSeconds: expiry }, "client.abort: options");
    const seconds = options?.expiresSeconds ?? dayInSeconds;
    const { clock, log } = this.#settings;
    const endMs = clock.elapsed() + boundMs;
    const giveUp = (): never => {
      throw notStored(id);
    };
    await bounded(this.#raiseFlag(id, seconds < 0 ? undefined : seconds), boundMs, giveUp, clock);
    // The flag alone is enough. What follows only shows the abort sooner, so a failure here does not undo it.
    try {
      const noAnswer = (): never => {
        throw new YTaskError(ErrorCode.Backend, "the backend did not answer in time");
      };
      await bounded(this.#showAborted(id), Math.max(0, endMs - clock.elapsed()), noAnswer, clock);
    } catch (error) {
      log.warn("a task is aborted, but its status is not stored until a server takes it", {
        id,
        error: messageOf(error),
      });
    }
  }

  async #raiseFlag(id: string, expiresInSeconds: number | undefined): Promise<void> {
    if (!this.#hold.isConnected) await this.#hold.connect({ logger: this.#settings.log });
    // The flag as the Go original writes it: a zero result whose id is `Abort:<id>`.
    const value = serializeResult({ id: `Abort:${id}`, status: Status.Sent });
    await this.#store(id, { key: abortKey(id), value, expiresInSeconds });
  }

  async #showAborted(id: string): Promise<void> {
    if (this.#settings.statusExpires === 0 && this.#settings.resultExpires === 0) return;
    const [text] = await this.#backend.get([resultKey(id)]);
    const waiting = readResult(text);
    if (waiting !== undefined && isWaiting(waiting))
      await this.#store(id, entryOf(aborted(waiting), this.#settings, "finished"));
  }

  async #store(id: string, entry: Entry): Promise<void> {
    const [stored] = await this.#backend.set([entry]);
    if (stored?.kind === "failed") throw notStored(id, stored.error);
  }
}

/**
 * Waiting to start, or between attempts or steps: no server may look at it for a long time, so the client stores the
 * status itself.
 */
const isWaiting = ({ status }: Result): boolean => status === Status.Sent || status === Status.WaitingRetry;

function aborted(result: Result): ResultFields {
  const current = result.workflow.findIndex(({ status }) => status === "waiting" || status === "running");
  const workflow = result.workflow.map((step, index) =>
    index === current ? { ...step, status: "abort" as const } : step,
  );
  return { ...result, status: Status.Abort, returned: undefined, error: undefined, workflow };
}

const notStored = (id: string, cause?: unknown): YTaskError =>
  new YTaskError(ErrorCode.Backend, `the abort of task ${id} could not be stored; try again`, { cause });
