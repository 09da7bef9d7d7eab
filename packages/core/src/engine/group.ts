import type { Delivery, Outcome, Outgoing, Settlement, Subscription } from "../broker.js";
import { ErrorCode, messageOf, YTaskError } from "../errors.js";
import { queueKey } from "../keys.js";
import type { Message } from "../message.js";
import { type Conclusion, conclude, fail, runningResult } from "./conclude.js";
import type { Engine } from "./engine.js";
import { Execution } from "./execution.js";
import { finish, type Tally, tellOfLoss } from "./finish.js";
import { inspect, type Known } from "./inspect.js";
import { LookAhead } from "./look-ahead.js";
import { Puller } from "./puller.js";
import { readDelivery, type Unreadable } from "./read-delivery.js";
import { outgoingOf, type Routing } from "./router.js";
import { type Ending, runTask } from "./run-task.js";
import { Settler } from "./settler.js";
import { Slots } from "./slots.js";
import { withoutRunning } from "./without-running.js";
import { stepFromResult } from "./workflow.js";

/** A task whose function keeps the event loop busy for this long gets a warning. */
const blockingMs = 1_000;
/** What is known of a delivery is read again where it waited for a slot for so long. */
const staleMs = 100;
/** From this concurrency on a broker that sends ahead may hold as many tasks again as run. */
const sendAheadFrom = 20;
/** Where it does not, those that ran and are being settled may be this many more than twice those that run. */
const settlingRoom = 32;

/** A group that a server runs: the way of its deliveries from receipt to settlement. */
export class Group {
  readonly #engine: Engine;
  readonly #name: string;
  readonly #routing: Routing;
  readonly #subscription: Subscription;
  readonly #settler: Settler;
  readonly #puller: Puller;
  readonly #slots: Slots;
  readonly #lookAhead: LookAhead;
  /** Every delivery that is not settled yet, in the order of receipt. */
  readonly #unsettled = new Map<Delivery, Execution | undefined>();
  readonly #working = new Set<Promise<void>>();
  #isStopping = false;
  /** How many tasks ended, and how many were given back, since the shutdown began. */
  readonly tally: Tally = { completed: 0, released: 0 };

  /** Subscribes to the group's queue and begins to work. Rejects as the broker's subscribe does. */
  static async start(engine: Engine, name: string, concurrency: number, routing: Routing): Promise<Group> {
    const { broker, wireVersion, maxRedeliveries, events, logger } = engine.options;
    const maxUnsettled = maxUnsettledOf(concurrency, broker.capabilities.sendsAhead ?? false);
    let group: Group | undefined;
    const subscription = await broker.subscribe(queueKey(name, wireVersion), {
      maxUnsettled,
      maxRedeliveries,
      onLost: (deliveries) => group?.lost(deliveries),
      onError: (error) => {
        logger.error("the broker reports an error", { group: name, error: messageOf(error) });
        events.emit("error", error);
      },
    });
    group = new Group(engine, name, routing, subscription, { concurrency, maxUnsettled });
    return group;
  }

  private constructor(
    engine: Engine,
    name: string,
    routing: Routing,
    subscription: Subscription,
    limits: { readonly concurrency: number; readonly maxUnsettled: number },
  ) {
    const { clock, logger, wireVersion } = engine.options;
    this.#engine = engine;
    this.#name = name;
    this.#routing = routing;
    this.#subscription = subscription;
    this.#settler = new Settler(subscription, clock);
    const onDeliveries = (deliveries: readonly Delivery[]) => this.#take(deliveries);
    this.#slots = new Slots(limits.concurrency, clock);
    this.#lookAhead = new LookAhead(limits.concurrency);
    this.#puller = new Puller({
      queue: queueKey(name, wireVersion),
      subscription,
      maxUnsettled: limits.maxUnsettled,
      mayHold: () => limits.concurrency + this.#lookAhead.size,
      clock,
      logger,
      onDeliveries,
    });
  }

  /** Tells the tasks of deliveries that are no longer this server's to stop. */
  lost(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      const execution = this.#unsettled.get(delivery);
      if (execution === undefined || execution.isLost) continue;
      execution.isLost = true;
      tellOfLoss(this.#engine, execution, "the broker took it back");
      const message = `the lease of task ${execution.id} was lost: it may run on another server`;
      execution.fire(new YTaskError(ErrorCode.LeaseLost, message));
    }
  }

  /** Receives no more; what still comes is given back. */
  stop(): void {
    this.#isStopping = true;
    this.tally.completed = 0;
    this.tally.released = 0;
    this.#puller.stop();
    this.#slots.stop();
  }

  /** Resolves once every delivery that was received is settled. */
  async drained(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working);
  }

  /** Fires the signals of what still runs. An attempt that ends for that does not count. */
  fireSignals(): void {
    for (const execution of this.#unsettled.values()) {
      if (execution === undefined) continue;
      execution.isReleased = true;
      execution.fire(new YTaskError(ErrorCode.ServerStop, "the server is shutting down"));
    }
  }

  /** Gives back what is not settled, and ends the subscription. Code that ignores its signal goes on. */
  async close(): Promise<void> {
    this.#settler.close();
    const left = [...this.#unsettled.keys()];
    this.#unsettled.clear();
    this.tally.released += left.length;
    if (left.length > 0)
      await this.#subscription.settle(left.map((delivery) => ({ delivery, kind: "release" })));
    await this.#subscription.close();
  }

  #take(deliveries: readonly Delivery[]): void {
    const working = this.#work(deliveries);
    this.#working.add(working);
    void working.finally(() => this.#working.delete(working));
  }

  async #work(deliveries: readonly Delivery[]): Promise<void> {
    const executions: Execution[] = [];
    const unreadable: Unreadable[] = [];
    for (const delivery of deliveries) {
      const read = readDelivery(this.#engine, this.#name, delivery);
      if (read instanceof Execution) executions.push(read);
      else unreadable.push(read);
      this.#unsettled.set(delivery, read instanceof Execution ? read : undefined);
    }
    const refused = unreadable.map((settlement) => this.#refuse(settlement));
    const known = executions.length === 0 ? [] : await inspect(executions, this.#engine.store);
    const carried = executions.map((execution, index) => this.#carryOut(execution, known[index] as Known));
    await Promise.all([...refused, ...carried]);
  }

  async #refuse(settlement: Unreadable): Promise<void> {
    this.#puller.done();
    const unread = { id: "", group: this.#name, name: "", attempt: 0, startedAt: 0 };
    if ((await this.#settle(settlement)) === "settled")
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
    this.#puller.done();
    if ("settlement" in early) return this.#finish(execution, early);
    if ((await this.#settle(early)) === "settled" && early.kind === "release") this.tally.released++;
  }

  /** Waits for a slot. Resolves to what is known by then: it may have been aborted; undefined where it got none. */
  async #afterWaiting(execution: Execution, atReceipt: Known): Promise<Known | undefined> {
    const { clock } = this.#engine.options;
    const since = clock.now();
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
    const { options, writer, announcer } = this.#engine;
    this.#engine.started(execution);
    if (!execution.isLost) writer?.note(execution.id, () => runningResult(execution));
    announcer.announce("started", execution, execution.startedAt);
    const timeoutMs = execution.task?.options.timeoutMs ?? options.broker.capabilities.defaultTimeoutMs;
    const onLate = (end: Promise<void>) => {
      execution.isLate = true;
      execution.warn("a task ignores its time limit: it failed, and keeps its slot while it still runs", {
        timeoutMs,
      });
      void end.then(() => this.#ended(execution));
    };
    const running = runTask(execution, options.clock, timeoutMs, onLate);
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
    this.#puller.done();
  }

  #finish(execution: Execution, conclusion: Conclusion): Promise<void> {
    // What the shutdown gave back is no longer ours to finish.
    if (!this.#unsettled.has(execution.delivery)) return Promise.resolve();
    return finish(this.#engine, execution, conclusion, this.#settle, this.tally);
  }

  readonly #settle = async (settlement: Settlement): Promise<Outcome> => {
    const outcome = await this.#settler.settle(settlement);
    this.#unsettled.delete(settlement.delivery);
    this.#puller.settled();
    return outcome;
  };

  readonly #route = (group: string, message: Message, delayMs: number): Outgoing =>
    outgoingOf(this.#routing, group, message, delayMs);
}

/**
 * Room for what is received ahead and for what ran and is being settled, beside what runs. A broker that sends ahead
 * fills it with tasks, which would wait here while another server is idle: little of it, then.
 */
function maxUnsettledOf(concurrency: number, sendsAhead: boolean): number {
  if (sendsAhead) return concurrency < sendAheadFrom ? concurrency : 2 * concurrency;
  return 3 * concurrency + settlingRoom;
}
