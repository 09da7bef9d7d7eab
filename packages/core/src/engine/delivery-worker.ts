import type { Delivery, Outcome, Outgoing, Settlement } from "../broker.js";
import type { TurnoverMap } from "../collections/turnover-map.js";
import { ErrorCode, messageOf, PermanentError, YTaskError } from "../errors.js";
import { checkGroup } from "../keys.js";
import type { Message } from "../message.js";
import { Status } from "../results/status.js";
import { outgoingOf, type Routing } from "../router.js";
import { stepFromResult } from "../workflow.js";
import { inspect, type Known } from "./before-run/inspect.js";
import { withoutRunning } from "./before-run/without-running.js";
import { type Conclusion, conclude, fail } from "./conclude.js";
import type { Engine } from "./engine.js";
import { Execution } from "./execution.js";
import { Finisher, type OnRefused, type SettleAll, type Tally } from "./finisher.js";
import { LookAhead } from "./look-ahead.js";
import { readDelivery, type Unreadable } from "./read-delivery.js";
import type { Ending } from "./run-task.js";
import { Runner } from "./runner.js";
import { Slots } from "./slots.js";

/** A delivery that waited this long for a slot is looked up in the backend again: it may have been aborted meanwhile. */
const staleMs = 100;

/** What a worker gets from its group, and reports to it. */
export interface WorkerOptions {
  readonly engine: Engine;
  readonly group: string;
  readonly concurrency: number;
  readonly routing: Routing;
  /** Every delivery that is not settled yet, in the order of receipt. */
  readonly unsettled: TurnoverMap<Delivery, Execution | undefined>;
  readonly tally: Tally;
  settle(settlement: Settlement): Promise<Outcome>;
  readonly settleAll: SettleAll;
  /** Called when a delivery needs no slot any more. */
  onDone(): void;
}

type DeadLetterSettlement = Extract<Settlement, { readonly kind: "deadLetter" }>;

/** The path of a group's deliveries: read, inspect, wait for a slot, run, conclude, finish. */
export class DeliveryWorker {
  readonly #options: WorkerOptions;
  readonly #engine: Engine;
  readonly #slots: Slots;
  readonly #lookAhead: LookAhead;
  readonly #runner: Runner;
  readonly #finisher: Finisher;
  #isStopping = false;
  /** Deliveries that were received and are not yet at the end of their path. */
  #open = 0;
  #onDrained: (() => void)[] = [];

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#engine = options.engine;
    this.#slots = new Slots(options.concurrency, options.engine.options.clock);
    this.#lookAhead = new LookAhead(options.concurrency);
    this.#runner = new Runner(options.engine, this.#onEnded);
    this.#finisher = new Finisher(options.engine, options.settleAll, options.tally, this.#onRefused);
  }

  /** The most deliveries to hold: those that run, and those that are received ahead of a free slot. */
  get mayHold(): number {
    return this.#options.concurrency + this.#lookAhead.size;
  }

  /** How many deliveries would begin soon if the broker sent them ahead. */
  get soon(): number {
    return this.#lookAhead.soon;
  }

  /** The most to receive in one call. */
  get piece(): number {
    return this.#lookAhead.piece;
  }

  /** Starts no more tasks: deliveries are given back. */
  stop(): void {
    this.#isStopping = true;
    this.#slots.stop();
  }

  /** Resolves once all that was received is settled. */
  async drained(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => this.#onDrained.push(resolve));
  }

  /** Takes deliveries all the way to settlement. Never rejects. */
  async work(deliveries: readonly Delivery[]): Promise<void> {
    this.#open += deliveries.length;
    if (this.#isStopping) return this.#giveBackUnread(deliveries);
    const executions: Execution[] = [];
    for (const delivery of deliveries) {
      const read = readDelivery(this.#engine, this.#options.group, delivery);
      this.#options.unsettled.set(delivery, read instanceof Execution ? read : undefined);
      if (read instanceof Execution) executions.push(read);
      else void this.#refuse(read);
    }
    if (executions.length === 0) return;
    const known = await inspect(executions, this.#engine.store);
    executions.forEach((execution, index) => {
      this.#carryOut(execution, known[index] as Known);
    });
  }

  /**
   * Deliveries that a pending receive brings after shutdown began, often those released just before. Releases them
   * unread; they do not count as tasks.
   */
  #giveBackUnread(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      this.#options.unsettled.set(delivery, undefined);
      this.#options.onDone();
      void this.#options.settle({ delivery, kind: "release" }).then(this.#onEnd);
    }
  }

  /** Makes an unreadable message a dead letter. Its result is stored first, as for all tasks. */
  async #refuse({ settlement, id }: Unreadable): Promise<void> {
    this.#options.onDone();
    const unread = { id, group: this.#options.group, name: "", attempt: 0, startedAt: 0 };
    if (id !== "") {
      this.#engine.writer?.store({ id, status: Status.Failure, error: settlement.error });
      await this.#engine.writer?.flush();
    }
    if ((await this.#options.settle(settlement)) === "settled")
      this.#engine.announcer.announce("deadLettered", unread, 0, {
        error: settlement.error,
        reason: settlement.reason,
      });
    this.#onEnd();
  }

  /** Takes a delivery from what is known about it to its slot. */
  #carryOut(execution: Execution, known: Known): void {
    if (known.result !== undefined && execution.message.extra.step === undefined)
      execution.step = stepFromResult(execution.message, execution.group, known.result);
    if (this.#slots.take()) {
      this.#begin(execution, known);
      return;
    }
    // Nothing is received ahead any more. A receive that was pending when that changed may bring back what was just
    // released, so it must not wait here again.
    if (this.#lookAhead.size === 0) {
      this.#giveBack(execution);
      return;
    }
    this.#slots.wait((waitedMs) => {
      if (waitedMs === undefined) this.#giveBack(execution);
      else if (waitedMs < staleMs) this.#begin(execution, known);
      else void this.#inspectAgain(execution, known);
    });
  }

  /** The task may have been aborted while it waited. */
  async #inspectAgain(execution: Execution, atReceipt: Known): Promise<void> {
    const [known = atReceipt] = await inspect([execution], this.#engine.store);
    this.#begin(execution, known);
  }

  /** Gives back a delivery that got no slot. */
  #giveBack(execution: Execution): void {
    this.#lookAhead.waitedInVain();
    this.#options.onDone();
    void this.#settleAlone(execution, { delivery: execution.delivery, kind: "release" });
  }

  /** Runs a delivery that has a slot, unless it need not run. */
  #begin(execution: Execution, known: Known): void {
    const early =
      this.#isStopping || execution.isLost
        ? ({ delivery: execution.delivery, kind: "release" } as const)
        : this.#withoutRunning(execution, known);
    if (early === undefined) {
      const running = this.#runner.run(execution);
      if (running instanceof Promise) void running.then((ending) => this.#conclude(execution, ending));
      else this.#conclude(execution, running);
      return;
    }
    this.#slots.free();
    this.#options.onDone();
    if ("settlement" in early) this.#finish(execution, early);
    else void this.#settleAlone(execution, early);
  }

  async #settleAlone(execution: Execution, settlement: Settlement): Promise<void> {
    const outcome = await this.#options.settle(settlement);
    if (typeof outcome === "object") {
      this.#onRefused(execution, outcome.error);
      return;
    }
    if (outcome === "settled" && settlement.kind === "release") this.#options.tally.released++;
    if (outcome === "settled" && settlement.kind === "deadLetter")
      this.#tellOfDeadLetter(execution, settlement);
    this.#onEnd();
  }

  /** Another server stored the failure, and died before it could make the dead letter and tell of both. */
  #tellOfDeadLetter(execution: Execution, { reason, error }: DeadLetterSettlement): void {
    const { announcer, options } = this.#engine;
    const now = options.clock.elapsed();
    announcer.announce("failed", execution, now, {
      error: new YTaskError(ErrorCode.TaskFailed, error ?? ""),
    });
    announcer.announce("deadLettered", execution, now, { reason, error });
  }

  /** If what follows from a task can never be sent, the task has failed for good. */
  readonly #onRefused: OnRefused = (execution, cause, failure) => {
    const what = failure === undefined ? "what follows from the task" : `${messageOf(failure)}; its retry`;
    const error = new PermanentError(`${what} cannot be sent: ${cause.message}`, { cause });
    this.#finish(execution, fail(execution, error, "permanentFailure"));
  };

  #withoutRunning(execution: Execution, known: Known): Settlement | Conclusion | undefined {
    try {
      return withoutRunning(this.#engine, execution, known, this.#route);
    } catch (error) {
      return fail(execution, error, "permanentFailure");
    }
  }

  #conclude(execution: Execution, ending: Ending): void {
    const { clock } = this.#engine.options;
    if (!execution.isLate) this.#runner.ended(execution, clock.elapsed());
    this.#finish(execution, this.#conclusionOf(execution, ending, clock.now()));
  }

  /**
   * If a conclusion cannot be carried out, for instance because the next step is too large to be sent, the task has
   * failed for good.
   */
  #conclusionOf(execution: Execution, ending: Ending, now: number): Conclusion {
    try {
      return conclude(execution, ending, this.#route, now);
    } catch (error) {
      return fail(execution, error, "permanentFailure");
    }
  }

  readonly #onEnded = ({ delivery }: Execution, tookMs: number): void => {
    this.#lookAhead.taskEnded(tookMs, delivery.body.length);
    this.#slots.free();
    this.#options.onDone();
  };

  #finish(execution: Execution, conclusion: Conclusion): void {
    // The shutdown has released it already, so there is nothing to settle.
    if (this.#options.unsettled.has(execution.delivery))
      this.#finisher.finish(execution, conclusion, this.#onEnd);
    else this.#onEnd();
  }

  readonly #onEnd = (): void => {
    if (--this.#open > 0) return;
    for (const resolve of this.#onDrained) resolve();
    this.#onDrained = [];
  };

  /** A step that a Go client sent may name a group that is not allowed. */
  readonly #route = (group: string, message: Message, delayMs: number): Outgoing => {
    checkGroup(group);
    return outgoingOf(this.#options.routing, group, message, delayMs);
  };
}
