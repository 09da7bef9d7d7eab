import { randomUUID } from "node:crypto";
import type { Backend } from "@ytask/core/driver";
import type { Bench } from "../define-tests.js";
import { type BoundDrivers, Drivers } from "../drivers.js";
import { eventually } from "../eventually.js";
import { type BackendSetUp, defaultBoundMs } from "../set-up.js";
import { BoundedBackend } from "./bounded-backend.js";

/** The part of a set-up that does not depend on the type of the backend. */
type BackendTraits = Pick<BackendSetUp, "boundMs" | "tidyUp">;

/** The bench on which a behaviour of a backend is shown. All its calls are bounded. */
export class BackendBench implements Bench {
  readonly #setUp: BackendTraits;
  readonly #backends: BoundDrivers<BoundedBackend>;
  readonly #keys: string[] = [];
  readonly #boundMs: number;

  private constructor(setUp: BackendTraits, backends: BoundDrivers<BoundedBackend>) {
    this.#setUp = setUp;
    this.#backends = backends;
    this.#boundMs = setUp.boundMs ?? defaultBoundMs;
  }

  static for<Driver extends Backend>(setUp: BackendSetUp<Driver>): BackendBench {
    const boundMs = setUp.boundMs ?? defaultBoundMs;
    return new BackendBench(
      setUp,
      new Drivers(setUp, boundMs, (backend) => new BoundedBackend(backend, boundMs)),
    );
  }

  /** A separate backend, not connected: like that of another process. */
  create(): Promise<BoundedBackend> {
    return this.#backends.create();
  }

  async connect(): Promise<BoundedBackend> {
    const backend = await this.create();
    await backend.connect();
    return backend;
  }

  /** A new key. */
  key(suffix = ""): string {
    return this.keyNamed(`YTask:Backend:conformance-${randomUUID()}${suffix}`);
  }

  /** This key, noted so that it is tidied up. */
  keyNamed(key: string): string {
    this.#keys.push(key);
    return key;
  }

  /** New keys. */
  keys(count: number): readonly string[] {
    return Array.from({ length: count }, (_, index) => this.key(`-${index}`));
  }

  cut(backend: BoundedBackend): Promise<void> {
    return this.#backends.cut(backend);
  }

  stall(backend: BoundedBackend): Promise<void> {
    return this.#backends.stall(backend);
  }

  mend(backend: BoundedBackend): Promise<void> {
    return this.#backends.mend(backend);
  }

  /** Waits until something holds, for as long as an event may take. */
  eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    return eventually(what, this.#boundMs, holds);
  }

  async tidyUp(): Promise<void> {
    try {
      await this.#backends.close();
    } finally {
      await this.#setUp.tidyUp?.(this.#keys);
    }
  }
}
