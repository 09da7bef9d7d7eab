import { type Entry, isFinished, type Stored } from "@ytask/core/driver";
import type { Client } from "memjs";
import { wireExpiry } from "./expiry.js";
import { tooLarge } from "./failures.js";
import type { Link } from "./link.js";
import type { Pool } from "./pool.js";
import { wireKey } from "./wire-key.js";

/** The commands of memcached that a backend needs, for one key. */
export class Store {
  readonly #client: Client;
  readonly #link: Link;
  readonly #key: string;

  /** @throws YTaskError `InvalidArgument` if the user's getServer names no server */
  constructor(pool: Pool, key: string) {
    this.#key = wireKey(key);
    const { client, link } = pool.at(this.#key);
    this.#client = client;
    this.#link = link;
  }

  /** Rejects with a YTaskError. */
  get(): Promise<string | undefined> {
    return this.#link.inTurn("read", () => this.#get());
  }

  /** Rejects with a YTaskError. */
  put(entry: Entry): Promise<Stored> {
    return this.#link.inTurn("write", async () => {
      await this.#checkSize(entry.value);
      if (entry.unless === undefined) return this.#set(entry);
      return entry.unless === "present" ? this.#add(entry) : this.#setUnlessFinished(entry);
    });
  }

  async #get(): Promise<string | undefined> {
    await this.#link.ready();
    const value = await this.#link.call<Buffer | null>((answer) => this.#client.get(this.#key, answer));
    return value?.toString("utf8");
  }

  /** Checks the size before sending: memcached deletes what a key holds when it refuses a larger value. */
  async #checkSize(value: string): Promise<void> {
    const { mostBytes } = await this.#link.ready();
    const bytes = Buffer.byteLength(value) + Buffer.byteLength(this.#key);
    if (mostBytes !== undefined && bytes > mostBytes) throw tooLarge(this.#link.address, bytes, mostBytes);
  }

  async #set({ value, expiresInSeconds }: Entry): Promise<Stored> {
    await this.#link.ready();
    const expires = wireExpiry(expiresInSeconds, Date.now());
    await this.#link.call((answer) => this.#client.set(this.#key, value, { expires }, answer));
    return { kind: "stored" };
  }

  async #add({ value, expiresInSeconds }: Entry): Promise<Stored> {
    await this.#link.ready();
    const expires = wireExpiry(expiresInSeconds, Date.now());
    const added = await this.#link.call<boolean | null>((answer) =>
      this.#client.add(this.#key, value, { expires }, answer),
    );
    return { kind: added ? "stored" : "kept" };
  }

  /**
   * memjs has no compare-and-swap, so what another process stores between the read and the write is overwritten. If the
   * key held nothing, `add` leaves no such gap.
   */
  async #setUnlessFinished(entry: Entry): Promise<Stored> {
    let held = await this.#get();
    if (held === undefined) {
      const added = await this.#add(entry);
      if (added.kind === "stored") return added;
      held = await this.#get();
    }
    return held !== undefined && isFinished(held) ? { kind: "kept" } : this.#set(entry);
  }
}
