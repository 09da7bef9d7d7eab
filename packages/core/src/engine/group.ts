import type { Delivery, Outcome, Settlement, Subscription } from "../broker.js";
import { TurnoverMap } from "../collections/turnover-map.js";
import { ErrorCode, messageOf, YTaskError } from "../errors.js";
import { queueKey } from "../keys.js";
import type { Routing } from "../router.js";
import { DeliveryWorker } from "./delivery-worker.js";
import type { Engine } from "./engine.js";
import type { Execution } from "./execution.js";
import { type SettleAll, type Tally, tellOfLoss } from "./finisher.js";
import { mostAhead } from "./look-ahead.js";
import { Puller } from "./puller.js";
import { SendAhead } from "./send-ahead.js";
import { Settler } from "./settler.js";

/** Extra unsettled deliveries for tasks that ended and are still being settled. */
const settlingRoom = 32;

/** The usual cause of a lost lease and its remedy, for the log. */
const lossReason =
  "the broker took it back; where a task blocks the event loop, move its work to a worker thread, or raise leaseMs where the broker has one";

/** A group that a server runs: its subscription, what it holds, and how it ends. */
export class Group {
  readonly #engine: Engine;
  readonly #subscription: Subscription;
  readonly #settler: Settler;
  readonly #puller: Puller;
  readonly #worker: DeliveryWorker;
  /** Every delivery that is not settled yet, in the order of receipt. */
  readonly #unsettled = new TurnoverMap<Delivery, Execution | undefined>();
  /** How many tasks ended, and how many were given back, since the shutdown began. */
  readonly tally: Tally = { completed: 0, released: 0 };

  /** Subscribes to the group's queue and begins to work. Rejects as the broker's subscribe does. */
  static async start(engine: Engine, name: string, concurrency: number, routing: Routing): Promise<Group> {
    const { broker, wireVersion, maxRedeliveries, events, logger } = engine.options;
    const mostUnsettled = concurrency + 2 * mostAhead(concurrency) + settlingRoom;
    // What a broker sends ahead waits here, even while another server is idle. So until tasks prove to be short, it may
    // send only as many as run at a time.
    const maxUnsettled = broker.capabilities.sendsAhead === true ? concurrency : mostUnsettled;
    let group: Group | undefined;
    const subscription = await broker.subscribe(queueKey(name, wireVersion), {
      maxUnsettled,
      maxRedeliveries,
      onLost: (deliveries) => group?.lost(deliveries),
      onError: (error) => {
        logger.error("the broker reports an error", { group: name, error: messageOf(error) });
        events.emitError(error);
      },
    });
    group = new Group(engine, name, routing, subscription, { concurrency, mostUnsettled });
    return group;
  }

  private constructor(
    engine: Engine,
    name: string,
    routing: Routing,
    subscription: Subscription,
    limits: { readonly concurrency: number; readonly mostUnsettled: number },
  ) {
    const { clock, logger, wireVersion, events } = engine.options;
    const queue = queueKey(name, wireVersion);
    this.#engine = engine;
    this.#subscription = subscription;
    this.#settler = new Settler(subscription, queue, clock);
    const sendAhead = new SendAhead(subscription, clock);
    const worker = new DeliveryWorker({
      engine,
      group: name,
      concurrency: limits.concurrency,
      routing,
      unsettled: this.#unsettled,
      tally: this.tally,
      settle: this.#settle,
      settleAll: this.#settleAll,
      onDone: () => {
        sendAhead.update(worker.soon);
        this.#puller.done();
      },
    });
    this.#worker = worker;
    this.#puller = new Puller({
      queue,
      subscription,
      maxUnsettled: limits.mostUnsettled,
      mayHold: () => worker.mayHold,
      piece: () => worker.piece,
      clock,
      logger,
      onDeliveries: (deliveries) => void worker.work(deliveries),
      onError: events.emitError,
    });
  }

  /** Tells the tasks of lost deliveries to stop. */
  lost(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      const execution = this.#unsettled.get(delivery);
      if (execution === undefined || execution.isLost) continue;
      execution.isLost = true;
      tellOfLoss(this.#engine, execution, lossReason);
      const message = `the lease of task ${execution.id} was lost: it may run on another server`;
      execution.fire(new YTaskError(ErrorCode.LeaseLost, message));
    }
  }

  /** Receives no more; what still comes is given back. */
  stop(): void {
    this.tally.completed = 0;
    this.tally.released = 0;
    this.#puller.stop();
    this.#worker.stop();
  }

  /** Resolves once every delivery that was received is settled. */
  drained(): Promise<void> {
    return this.#worker.drained();
  }

  /** Fires the signals of what still runs. An attempt that ends because of that does not count. */
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
    for (const execution of this.#unsettled.values()) execution?.onGivenBack?.();
    this.#unsettled.clear();
    this.tally.released += left.length;
    if (left.length > 0)
      await this.#subscription.settle(left.map((delivery) => ({ delivery, kind: "release" })));
    await this.#subscription.close();
  }

  readonly #settle = async (settlement: Settlement): Promise<Outcome> => {
    const outcome = await this.#settler.settle(settlement);
    this.#settled(settlement, outcome);
    return outcome;
  };

  readonly #settleAll: SettleAll = (settlements, onOutcome) =>
    this.#settler.settleAll(settlements, (index, outcome) => {
      const settlement = settlements[index];
      if (settlement !== undefined) this.#settled(settlement, outcome);
      onOutcome(index, outcome);
    });

  #settled({ delivery }: Settlement, outcome: Outcome): void {
    // A refused delivery is still held. It becomes a dead letter.
    if (typeof outcome === "object") return;
    this.#unsettled.delete(delivery);
    this.#puller.settled();
  }
}
