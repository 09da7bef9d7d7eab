import type { Broker } from "../broker.js";
import { TurnoverMap } from "../collections/turnover-map.js";
import type { Events } from "../events.js";
import type { WireVersion } from "../keys.js";
import type { Logger } from "../log/logger.js";
import type { ResultStore } from "../results/result-store.js";
import { type Expiry, StatusWriter } from "../results/status-writer.js";
import type { Registry } from "../task/registry.js";
import type { Clock } from "../time/clock.js";
import { AbortWatch } from "./abort-watch.js";
import { Announcer } from "./announce.js";
import type { Execution } from "./execution.js";
import { LateSuccesses } from "./late-successes.js";

/** The options of an engine. */
export interface EngineOptions {
  readonly broker: Broker;
  /** Where results go; undefined if none are kept. */
  readonly store: ResultStore | undefined;
  readonly registry: Registry;
  readonly expiry: Expiry;
  readonly wireVersion: WireVersion;
  readonly goCompatible: boolean;
  readonly maxMessageBytes: number;
  readonly maxRedeliveries: number;
  readonly logger: Logger;
  /** Leaves out the log lines of tasks that start and succeed. */
  readonly quiet: boolean;
  readonly events: Events;
  readonly clock: Clock;
}

/** What the groups of a server share: the backend's side, the announcements, the tasks that run now. */
export class Engine {
  readonly options: EngineOptions;
  readonly store: ResultStore | undefined;
  readonly writer: StatusWriter | undefined;
  readonly announcer: Announcer;
  readonly running = new TurnoverMap<Execution, true>();
  readonly lateSuccesses = new LateSuccesses();
  readonly #abortWatch: AbortWatch | undefined;

  constructor(options: EngineOptions) {
    const { store, clock, logger, expiry, events, quiet } = options;
    this.options = options;
    this.announcer = new Announcer(events, logger, quiet);
    this.store = store;
    if (store === undefined) return;
    this.writer = new StatusWriter(store, expiry, logger);
    this.#abortWatch = new AbortWatch(store, clock, this.running);
  }

  started(execution: Execution): void {
    execution.startedAt = this.options.clock.elapsed();
    this.running.set(execution, true);
    this.#abortWatch?.start();
  }

  ended(execution: Execution): void {
    this.running.delete(execution);
  }

  /** Writes what is still to be written, and ends the background work. */
  async close(): Promise<void> {
    this.#abortWatch?.stop();
    await this.writer?.flush();
  }
}
