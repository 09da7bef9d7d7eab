import { ErrorCode, notConnected, YTaskError } from "../errors.js";

/** Stands in for the connection between a driver and the memory that it shares. */
export class Link {
  readonly #of: string;
  #isOpen = false;
  #isCut = false;

  /** @param of the name of what it connects to, for messages */
  constructor(of: string) {
    this.#of = of;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isCut(): boolean {
    return this.#isCut;
  }

  open(): void {
    if (this.#isCut) throw this.#cutOff();
    this.#isOpen = true;
  }

  close(): void {
    this.#isOpen = false;
  }

  cut(): void {
    this.#isCut = true;
  }

  mend(): void {
    this.#isCut = false;
  }

  /** Why a call cannot be made now; undefined if it can. */
  failure(): YTaskError | undefined {
    if (!this.#isOpen) return notConnected(`the ${this.#of}`);
    return this.#isCut ? this.#cutOff() : undefined;
  }

  /** Throws if a call cannot be made now. */
  check(): void {
    const failure = this.failure();
    if (failure !== undefined) throw failure;
  }

  #cutOff(): YTaskError {
    return new YTaskError(
      ErrorCode.Connection,
      `The ${this.#of} was cut off by disconnect(): call reconnect() to go on.`,
    );
  }
}
