import type { Delivery, Outcome, Outgoing, Settlement } from "../broker.js";
import type { Message } from "../message.js";
import { inspect, type Known } from "./before-run/inspect.js";
import { withoutRunning } from "./before-run/without-running.js";
import { type Conclusion, conclude, fail, runningResult } from "./conclude.js";
import type { Engine } from "./engine.js";
import { Execution } from "./execution.js";
import { finish, type Tally } from "./finish.js";
import { LookAhead } from "./look-ahead.js";
import { readDelivery, type Unreadable } from "./read-delivery.js";
import { outgoingOf, type Routing } from "./router.js";
import { type Ending, runTask } from "./run-task.js";
import { Slots } from "./slots.js";
import { stepFromResult } from "./workflow.js";

/** A task whose function keeps the event loop busy for this long gets a warning. */
const blockingMs = 1_000;
/** What is known of a delivery is read again where it waited for a slot for so long. */
const staleMs = 100;

/** What a worker is told by its group, and tells it. */
export interface WorkerOptions {
  readonly engine: Engine;
  readonly group: string;
  readonly concurrency: number;
  readonly routing: Routing;
  /** Every delivery that is not settled yet, in the order of receipt. */
  readonly unsettled: Map<Delivery, Execution | undefined>;
  readonly tally: Tally;
  settle(settlement: Settlement): Promise<Outcome>;
  /** Called when a delivery needs no slot any more. */
  onDone(): void;
}

/** The way of a group's deliveries: read, inspect, wait for a slot, run, conclude, finish. */
export class DeliveryWorker {
  readonly #options: WorkerOptions;
  readonly #engine: Engine;
  readonly #slots: Slots;
  readonly #lookAhead: LookAhead;
  #isStopping = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#engine = options.engine;
    this.#slots = new Slots(options.concurrency, options.engine.options.clock);
    this.#lookAhead = new LookAhead(options.concurrency);
  }

  /** The most deliveries to hold: those that run, and those that are received ahead of a free slot. */
  get mayHold(): number {
    return this.#options.concurrency + this.#lookAhead.size;
  }

  /** Starts no more tasks: deliveries are given back. */
  stop(): void {
    this.#isStopping = true;
    this.#slots.stop();
  }

  /** From receipt to settlement, for each delivery. Never rejects. */
  async work(deliveries: readonly Delivery[]): Promise<void> {
    const executions: Execution[] = [];
    const unreadable: Unreadable[] = [];
    for (const delivery of deliveries) {
      const read = readDelivery(this.#engine, this.#options.group, delivery);
      if (read instanceof Execution) executions.push(read);
      else unreadable.push(read);
      this.#options.unsettled.set(delivery, read instanceof Execution ? read : undefined);
    }
    const refused = unreadable.map((settlement) => this.#refuse(settlement));
    const known = executions.length === 0 ? [] : await inspect(executions, this.#engine.store);
    const carried = executions.map((execution, index) => this.#carryOut(execution, known[index] as Known));
    await Promise.all([...refused, ...carried]);
  }

  async #refuse(settlement: Unreadable): Promise<void> {
    this.#options.onDone();
    const unread = { id: "", group: this.#options.group, name: "", attempt: 0, startedAt: 0 };
    if ((await this.#options.settle(settlement)) === "settled")
      this.#engine.announcer.announce("deadLettered", unread, 0, {
        error: settlement.error,
        reason: settlement.reason,
      });
  }

  /** From what is known of a delivery to its settlement. Never rejects. */
  async #carryOut(execution: Execution, atReceipt: Known): Promise<void> {
    if (atReceipt.result !== undefined && execution.message.extension.step === undefined)
      execution.step = stepFromResult(execution.message, atReceipt.result);
    const known = this.#slots.take() ? atReceipt : await this.#afterWaiting(execution, atReceipt);
    const early =
      known === undefined || this.#isStopping || execution.isLost
        ? ({ delivery: execution.delivery, kind: "release" } as const)
        : this.#withoutRunning(execution, known);
    if (early === undefined) {
      const running = this.#run(execution);
      const ending = running instanceof Promise ? await running : running;
      if (!execution.isLate) this.#ended(execution);
      return this.#finish(execution, this.#conclude(execution, ending));
    }
    if (known !== undefined) this.#slots.free();
    else this.#lookAhead.waitedInVain();
    this.#options.onDone();
    if ("settlement" in early) return this.#finish(execution, early);
    if ((await this.#options.settle(early)) === "settled" && early.kind === "release")
      this.#options.tally.released++;
  }

  /** Waits for a slot. Resolves to what is known by then: it may have been aborted; undefined where it got none. */
  async #afterWaiting(execution: Execution, atReceipt: Known): Promise<Known | undefined> {
    const { clock } = this.#engine.options;
    const since = clock.now();
    // A call that was under way when the look-ahead ended must not take again what was just given back.
    if (this.#lookAhead.size === 0) return undefined;
    if (!(await this.#slots.wait())) return undefined;
    if (clock.now() - since < staleMs) return atReceipt;
    const [known = atReceipt] = await inspect([execution], this.#engine.store);
    return known;
  }

  #withoutRunning(execution: Execution, known: Known): Settlement | Conclusion | undefined {
    try {
      return withoutRunning(this.#engine, execution, known, this.#route);
    } catch (error) {
      return fail(execution, error, "permanentFailure");
    }
  }

  /** What cannot be carried out, such as a next step that is too large to be sent, has failed for good. */
  #conclude(execution: Execution, ending: Ending): Conclusion {
    try {
      return conclude(execution, ending, this.#route, this.#engine.options.clock.now());
    } catch (error) {
      return fail(execution, error, "permanentFailure");
    }
  }

  /** Runs the task. Its slot is free once its function really ended, however late. */
  #run(execution: Execution): Ending | Promise<Ending> {
    const { task } = execution;
    if (task === undefined) throw new Error("a task that nobody registered cannot be run");
    const { options, writer, announcer } = this.#engine;
    this.#engine.started(execution);
    if (!execution.isLost) writer?.note(execution.id, () => runningResult(execution));
    announcer.announce("started", execution, execution.startedAt);
    const timeoutMs = task.options.timeoutMs ?? options.broker.capabilities.defaultTimeoutMs;
    const onLate = (end: Promise<void>) => {
      execution.isLate = true;
      execution.warn("a task ignores its time limit: it failed, and keeps its slot while it still runs", {
        timeoutMs,
      });
      void end.then(() => this.#ended(execution));
    };
    const running = runTask({ execution, task, clock: options.clock, timeoutMs, onLate });
    const blockedMs = options.clock.now() - execution.startedAt;
    if (blockedMs >= blockingMs)
      execution.warn(
        "a task blocked the event loop: nothing else runs meanwhile, and a lease that is shorter is lost; " +
          "move the work to a worker thread, or raise the broker's leaseMs",
        { blockedMs },
      );
    return running;
  }

  #ended(execution: Execution): void {
    this.#engine.ended(execution);
    this.#lookAhead.taskEnded(this.#engine.options.clock.now() - execution.startedAt);
    this.#slots.free();
    this.#options.onDone();
  }

  #finish(execution: Execution, conclusion: Conclusion): Promise<void> {
    // What the shutdown gave back is no longer ours to finish.
    if (!this.#options.unsettled.has(execution.delivery)) return Promise.resolve();
    return finish(this.#engine, execution, conclusion, this.#options.settle, this.#options.tally);
  }

  readonly #route = (group: string, message: Message, delayMs: number): Outgoing =>
    outgoingOf(this.#options.routing, group, message, delayMs);
}
