import assert from "node:assert/strict";
import { type Backend, type Entry, type Stored, silentLogger, type Unwatch } from "@ytask/core/driver";
import { settles } from "../settles.js";

/** A backend whose calls fail if they do not settle in time, so that none can hang a test. */
export class BoundedBackend implements Backend {
  readonly #backend: Backend;
  readonly #boundMs: number;

  constructor(backend: Backend, boundMs: number) {
    this.#backend = backend;
    this.#boundMs = boundMs;
  }

  connect(): Promise<void> {
    return this.#bound("connect", this.#backend.connect({ logger: silentLogger }));
  }

  /** Fails if the backend's own `set` rejects, which it must never do. */
  async set(entries: readonly Entry[]): Promise<readonly Stored[]> {
    const rejected = (error: unknown) => assert.fail(`backend.set never rejects, and did with ${error}`);
    return this.#bound("set", this.#backend.set(entries).catch(rejected));
  }

  get(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    return this.#bound("get", this.#backend.get(keys));
  }

  /** Rejects if the backend has no `watch`. */
  async watch(key: string, onSet: () => void): Promise<Unwatch> {
    if (this.#backend.watch === undefined)
      throw new Error("The backend has no watch: let the set-up say why, with { watch: { missing: … } }.");
    const unwatch = await this.#bound("watch", this.#backend.watch(key, onSet));
    return () => this.#bound("unwatch", unwatch());
  }

  close(): Promise<void> {
    return this.#bound("close", this.#backend.close());
  }

  #bound<T>(call: string, promise: Promise<T>): Promise<T> {
    return settles(`backend.${call}`, promise, this.#boundMs);
  }
}
