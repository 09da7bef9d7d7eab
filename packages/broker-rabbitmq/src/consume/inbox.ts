import { TurnoverMap } from "@ytask/core/driver";
import type { Held } from "./deliveries.js";

/** The messages that a subscription holds: first ready to be handed out, then out until they are settled. */
export class Inbox {
  #ready: Held[] = [];
  readonly #out = new TurnoverMap<string, Held>();
  #wake: () => void = () => undefined;
  #wanted = 1;

  get readyCount(): number {
    return this.#ready.length;
  }

  add(held: Held): void {
    this.#ready.push(held);
    if (this.#ready.length >= this.#wanted) this.#wake();
  }

  /** Hands out up to `limit` messages, in the order in which they came. */
  take(limit: number): readonly Held[] {
    const taken = this.#ready.splice(0, limit);
    for (const held of taken) this.#out.set(held.delivery.id, held);
    return taken;
  }

  /** The message that is out under this id; undefined if it was settled or lost. */
  out(id: string): Held | undefined {
    return this.#out.get(id);
  }

  allOut(): readonly Held[] {
    return [...this.#out.values()];
  }

  settled(held: Held): void {
    this.#out.delete(held.delivery.id);
  }

  /** Removes ready messages, or those for which `isMeant` holds. */
  takeReady(isMeant: (held: Held) => boolean = () => true): readonly Held[] {
    const taken: Held[] = [];
    const left: Held[] = [];
    for (const held of this.#ready) (isMeant(held) ? taken : left).push(held);
    this.#ready = left;
    return taken;
  }

  /** How many messages are out. */
  get outCount(): number {
    return this.#out.size;
  }

  /** Resolves once `wanted` are ready, at the next `wake`, or after `waitMs`. */
  waitFor(wanted: number, waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wanted = wanted;
      const timer = setTimeout(resolve, waitMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Ends a `waitFor`. */
  wake(): void {
    this.#wake();
  }
}
