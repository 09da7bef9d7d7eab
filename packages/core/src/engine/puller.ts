import type { Delivery, Subscription } from "../broker.js";
import { messageOf } from "../errors.js";
import type { Logger } from "../log/logger.js";
import type { Clock } from "../time/clock.js";

/** How long one receive waits. A receive still pending at shutdown may deliver for this long afterwards. */
const waitMs = 2_000;
const firstPauseMs = 50;
const longestPauseMs = 1_000;

export interface PullerOptions {
  readonly queue: string;
  readonly subscription: Subscription;
  /** The most deliveries that may be unsettled, including those that have run and are being settled. */
  readonly maxUnsettled: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The most deliveries to hold at a time: those that run, and those that are received ahead of a free slot. */
  mayHold(): number;
  /** The most to receive in one call. */
  piece(): number;
  onDeliveries(deliveries: readonly Delivery[]): void;
  /** Called once when receiving begins to fail, with the reason. */
  onError(error: unknown): void;
}

/** Receives deliveries whenever there is room for them. */
export class Puller {
  readonly #options: PullerOptions;
  #held = 0;
  #unsettled = 0;
  #isStopped = false;
  #wake: (() => void) | undefined;

  constructor(options: PullerOptions) {
    this.#options = options;
    void this.#pull();
  }

  /** Call it when a delivery needs no slot any more: its task ended, or is not to run. */
  done(): void {
    this.#held--;
    this.#wake?.();
  }

  /** Call it when a delivery is settled. */
  settled(): void {
    this.#unsettled--;
    this.#wake?.();
  }

  /** Receives no more. What a pending call still brings is passed on, to be given back. */
  stop(): void {
    this.#isStopped = true;
    this.#wake?.();
  }

  get #room(): number {
    const { mayHold, maxUnsettled } = this.#options;
    return Math.min(mayHold() - this.#held, maxUnsettled - this.#unsettled);
  }

  /** Never rejects. */
  async #pull(): Promise<void> {
    let pauseMs = firstPauseMs;
    let isBroken = false;
    const { subscription, logger, queue } = this.#options;
    while (!this.#isStopped) {
      if (this.#room <= 0) {
        await this.#untilWoken();
        continue;
      }
      try {
        const deliveries = await subscription.receive(Math.min(this.#room, this.#options.piece()), waitMs);
        if (isBroken) logger.info("receiving again", { queue });
        isBroken = false;
        pauseMs = firstPauseMs;
        this.#take(deliveries);
        // A subscription that has ended answers at once. Without a pause this loop would starve the event loop.
        if (deliveries.length === 0) await new Promise((resolve) => setImmediate(resolve));
      } catch (error) {
        if (this.#isStopped) return;
        if (!isBroken) {
          logger.warn("cannot receive; trying again until it works", { queue, error: messageOf(error) });
          this.#options.onError(error);
        }
        isBroken = true;
        await this.#pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  }

  #take(deliveries: readonly Delivery[]): void {
    if (deliveries.length === 0) return;
    this.#held += deliveries.length;
    this.#unsettled += deliveries.length;
    this.#options.onDeliveries(deliveries);
  }

  /** Waits for room, and then for the end of the turn: tasks that end together are replaced together. */
  async #untilWoken(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        if (this.#room > 0 || this.#isStopped) resolve();
      };
    });
    this.#wake = undefined;
    await new Promise((resolve) => setImmediate(resolve));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(ms, resolve);
      this.#wake = () => {
        if (!this.#isStopped) return;
        timer.cancel();
        resolve();
      };
    });
  }
}
