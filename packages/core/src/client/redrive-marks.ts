import type { Backend, Entry, Stored } from "../backend.js";
import type { Letter } from "../broker.js";
import { ErrorCode, messageOf, YTaskError } from "../errors.js";
import { abortKey, redriveKey } from "../keys.js";
import type { Message } from "../message.js";
import { Status } from "../results/status.js";
import { type Expiry, entryOf } from "../results/status-writer.js";
import type { Clock } from "../time/clock.js";
import { stepIndex, workflowStates } from "../workflow.js";
import { answerOf } from "./answer-of.js";

/** How long a claim holds if its call does not end: longer than the call's own calls to broker and backend may take. */
const claimSeconds = 60;

/** What a redrive leaves in the backend: claims of its letters, and `Sent` in the place of their old results. */
export class RedriveMarks {
  readonly #group: string;
  readonly #queue: string;
  readonly #backend: Backend | undefined;
  readonly #expiry: Expiry;
  readonly #clock: Clock;

  constructor(
    group: string,
    queue: string,
    options: { readonly backend: Backend | undefined; readonly expiry: Expiry; readonly clock: Clock },
  ) {
    this.#group = group;
    this.#queue = queue;
    this.#backend = options.backend;
    this.#expiry = options.expiry;
    this.#clock = options.clock;
  }

  /**
   * Claims letters. Resolves to those that no other call is sending again: their tasks may be finished by now, and the
   * result must stand.
   */
  async claim(letters: readonly Letter[], value: string): Promise<readonly Letter[]> {
    if (this.#backend === undefined || letters.length === 0) return letters;
    const entries = letters.map(
      ({ id }): Entry => ({
        key: this.#claimKey(id),
        value,
        expiresInSeconds: claimSeconds,
        unless: "present",
      }),
    );
    let outcomes: readonly Stored[] = [];
    try {
      outcomes = await this.#answer(this.#backend.set(entries));
      for (const stored of outcomes) if (stored.kind === "failed") throw notReplaced(stored.error);
    } catch (error) {
      // A claim that failed may be stored all the same.
      await this.unclaim(letters.filter((_, index) => outcomes[index]?.kind !== "kept"));
      throw error;
    }
    return letters.filter((_, index) => outcomes[index]?.kind === "stored");
  }

  /** Best effort: a claim ends by itself. */
  async unclaim(letters: readonly Letter[]): Promise<void> {
    const entries = letters.map(
      ({ id }): Entry => ({ key: this.#claimKey(id), value: "", expiresInSeconds: 1 }),
    );
    if (this.#backend !== undefined) await this.#answer(this.#backend.set(entries)).catch(() => undefined);
  }

  /**
   * Replaces the old results, and clears the abort flags.
   * @throws YTaskError `Backend` if that failed for some
   */
  async resetResults(messages: readonly Message[], executionId: string): Promise<void> {
    if (this.#backend === undefined || messages.length === 0) return;
    const entries = messages.flatMap((message): Entry[] => [
      this.#sentEntry(message, executionId),
      // Backends have no delete. A value that is not a flag, and expires in a second, clears the flag.
      { key: abortKey(message.id), value: "cleared", expiresInSeconds: 1 },
    ]);
    for (const stored of await this.#answer(this.#backend.set(entries)))
      if (stored.kind === "failed") throw notReplaced(stored.error);
  }

  /**
   * The entry that replaces the old result. Even if no statuses are kept, it is written for a second: the old result
   * would keep the new one from being stored.
   */
  #sentEntry(message: Message, executionId: string): Entry {
    const workflow = workflowStates(message, stepIndex(message, this.#group), "waiting");
    const statusExpires = this.#expiry.statusExpires || 1;
    const expiry = { ...this.#expiry, statusExpires };
    return entryOf({ id: message.id, status: Status.Sent, workflow, executionId }, expiry, undefined);
  }

  #claimKey(letterId: string): string {
    return redriveKey(`${this.#queue}:${letterId}`);
  }

  #answer<T>(call: Promise<T>): Promise<T> {
    return answerOf(call, "the backend", this.#clock);
  }
}

const notReplaced = (cause: unknown): YTaskError =>
  new YTaskError(
    ErrorCode.Backend,
    `some were not sent again: their old results could not be replaced: ${messageOf(cause)}`,
    { cause },
  );
