import { checkOptions, invalid, rules } from "./check-options.js";
import { Client } from "./client.js";
import { DriverHold } from "./driver-hold.js";
import { Engine } from "./engine/engine.js";
import { ServedGroup } from "./engine/served-group.js";
import { ErrorCode, messageOf, YTaskError } from "./errors.js";
import { Events, type ServerEvents } from "./events.js";
import { checkGroup } from "./keys.js";
import { errorFields } from "./log/error-fields.js";
import { ResultStore } from "./results/result-store.js";
import type { Routing } from "./router.js";
import { type ServerOptions, type Settings, serverRules, settingsOf } from "./settings.js";
import { Registry } from "./task/registry.js";
import type { CheckSchema, TaskOptions } from "./task/task-options.js";
import { bounded } from "./time/bounded.js";
import type { CheckMap, CheckTask } from "./types/check-task.js";
import type { AnyTask, TaskMap, UntypedTasks } from "./types/tasks.js";
import { untilConnected } from "./until-connected.js";

/** What a shutdown did. */
export interface ShutdownReport {
  /** Tasks that ended while the server waited. */
  readonly completed: number;
  /** Tasks that were given back to the broker, for another server. */
  readonly released: number;
}

const defaultStartTimeoutMs = 10_000;
const defaultShutdownTimeoutMs = 30_000;
/**
 * After the shutdown's bound: how long tasks may tidy up once their signals have fired, and how long closing may take.
 */
const tidyUpMs = 500;
const closeBoundMs = 5_000;
/** How long a start waits for the backend, without which tasks run too. At most half of the time that is left. */
const backendConnectBoundMs = 3_000;

/** A backend that is down may refuse connections, or not answer. */
const isOutage = (error: unknown): boolean =>
  YTaskError.isInstance(error, ErrorCode.Connection) || YTaskError.isInstance(error, ErrorCode.TimeOut);

/** Runs tasks: `add` them, then `run` their groups. */
export class Server {
  readonly #settings: Settings;
  readonly #startTimeoutMs: number;
  readonly #registry = new Registry();
  readonly #events: Events;
  readonly #engine: Engine;
  readonly #broker: DriverHold;
  readonly #backend: DriverHold | undefined;
  readonly #starting = new Map<string, Promise<void>>();
  readonly #groups: ServedGroup[] = [];
  readonly #stop = new AbortController();
  #shutdown: Promise<ShutdownReport> | undefined;

  /** @throws YTaskError `InvalidArgument` for an option that is missing, unknown or not allowed */
  constructor(options: ServerOptions) {
    const settings = settingsOf(options, "new Server: options", serverRules);
    this.#settings = settings;
    this.#startTimeoutMs = options.startTimeoutMs ?? defaultStartTimeoutMs;
    this.#events = new Events((error) => settings.log.error("an event listener threw", errorFields(error)));
    const { broker, backend, wireVersion, goCompatible, maxMessageBytes, clock } = settings;
    this.#broker = new DriverHold(broker);
    this.#backend = backend === undefined ? undefined : new DriverHold(backend);
    this.#engine = new Engine({
      broker,
      // Abort flags are kept even where results are not.
      store:
        backend !== undefined && this.#backend !== undefined
          ? new ResultStore(backend, this.#backend, clock, settings.log, this.#events.emitError)
          : undefined,
      registry: this.#registry,
      expiry: settings,
      wireVersion,
      goCompatible,
      maxMessageBytes,
      maxRedeliveries:
        options.maxRedeliveries ?? (broker.capabilities.exactRedeliveryCount === true ? 10 : 25),
      logger: settings.log,
      quiet: settings.logger === undefined && !settings.debug,
      events: this.#events,
      clock,
    });
  }

  /**
   * Registers a task under a name of a group.
   * @throws YTaskError `InvalidArgument` for a name that is refused or taken, a task that is not a function, or bad
   * options; `Closed` after `shutdown`
   */
  add<Task extends AnyTask, Checked extends readonly unknown[] = readonly unknown[]>(
    group: string,
    name: string,
    task: Task & CheckTask<Task> & CheckSchema<Task, Checked>,
    options?: TaskOptions<Task, Checked>,
  ): this {
    this.#refuseIfStopped();
    // The registry keeps options of every task, whatever its types.
    this.#registry.add(group, name, task, options as unknown as TaskOptions);
    return this;
  }

  /**
   * Registers the tasks of a map `{ group: { name: task } }`. Throws as `add`, and for a group that is not a plain
   * object.
   */
  addAll<Tasks extends TaskMap<Tasks>>(tasks: Tasks & CheckMap<Tasks>): this {
    this.#refuseIfStopped();
    this.#registry.addAll(tasks);
    return this;
  }

  /**
   * Begins to work on a group; resolves once the group takes work. If the broker cannot be reached, it tries again for
   * `startTimeoutMs`; a refusal that trying again cannot mend rejects at once.
   *
   * @param options `concurrency`: how many tasks of the group run at a time, default 1
   * @throws YTaskError `InvalidArgument` for a group that has no tasks or runs already, or a bad option; `Connection`
   * if the broker cannot be reached within `startTimeoutMs`; `AccessRefused` or `UnsupportedServer` if broker or
   * backend refuses; `ServerStop` if the server is shut down meanwhile; `Closed` after `shutdown`
   */
  async run(group: string, options: { readonly concurrency?: number | undefined } = {}): Promise<void> {
    this.#refuseIfStopped();
    checkGroup(group);
    checkOptions(options, { concurrency: rules.positiveCount }, "server.run: options");
    if (!this.#registry.has(group))
      throw invalid(`the group ${group} has no task: add one before you run it`);
    if (this.#starting.has(group)) throw invalid(`the group ${group} runs already on this server`);
    const starting = this.#start(group, options.concurrency ?? 1);
    this.#starting.set(group, starting);
    try {
      await starting;
    } catch (error) {
      this.#starting.delete(group);
      throw error;
    }
  }

  /** A client on the same broker and backend, with the same settings. Close it yourself: a shutdown does not. */
  client<Tasks extends TaskMap<Tasks> = UntypedTasks>(): Client<Tasks> {
    const { log: _, ...options } = this.#settings;
    return new Client<Tasks>(options);
  }

  /**
   * Calls `listener` at each event of that name. What the listener throws is logged.
   * @throws YTaskError `InvalidArgument` for an event that does not exist, or a listener that is not a function
   */
  on<Name extends keyof ServerEvents>(name: Name, listener: (...event: ServerEvents[Name]) => void): this {
    this.#events.on(name, listener);
    return this;
  }

  /** Removes a listener that `on` added. Throws as `on`. */
  off<Name extends keyof ServerEvents>(name: Name, listener: (...event: ServerEvents[Name]) => void): this {
    this.#events.off(name, listener);
    return this;
  }

  /**
   * Takes no more work and waits for the tasks that run. At the bound it fires the signals of those that still run and
   * gives them back to the broker. Then it closes the connections that this server opened, unless another server or a
   * client uses them. A second call gets the promise of the first.
   *
   * @param options `timeoutMs`: milliseconds to wait for running tasks, default 30,000
   * @throws YTaskError `InvalidArgument` for a bad option; the promise rejects, and nothing is shut down
   */
  shutdown(options: { readonly timeoutMs?: number | undefined } = {}): Promise<ShutdownReport> {
    try {
      checkOptions(options, { timeoutMs: rules.milliseconds }, "server.shutdown: options");
    } catch (error) {
      // A signal handler may call this without waiting for the promise: reject, do not throw.
      return Promise.reject(error);
    }
    this.#shutdown ??= this.#stopAll(options.timeoutMs ?? defaultShutdownTimeoutMs);
    return this.#shutdown;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  #refuseIfStopped(): void {
    if (this.#shutdown !== undefined)
      throw new YTaskError(ErrorCode.Closed, "the server was shut down; make a new one");
  }

  async #start(name: string, concurrency: number): Promise<void> {
    const { log, goCompatible } = this.#settings;
    const routing: Routing = {
      ...this.#engine.options,
      delaysInGoQueue: (group) => goCompatible && !this.#registry.has(group),
    };
    const endsAt = this.#settings.clock.elapsed() + this.#startTimeoutMs;
    let isOver = false;
    const attempt = async () => {
      await this.#connect(endsAt);
      const group = await ServedGroup.start(this.#engine, name, concurrency, routing);
      // An attempt that was given up must not go on taking work.
      if (isOver || this.#stop.signal.aborted) {
        group.stop();
        await group.close();
      } else this.#groups.push(group);
    };
    try {
      const limits = {
        boundMs: this.#startTimeoutMs,
        clock: this.#settings.clock,
        logger: log,
        signal: this.#stop.signal,
      };
      await untilConnected(attempt, limits);
    } finally {
      isOver = true;
    }
    log.info("the server takes work", { group: name, concurrency });
  }

  async #connect(endsAt: number): Promise<void> {
    const { log, clock } = this.#settings;
    await this.#broker.connect({ logger: log });
    if (this.#backend === undefined) return;
    const boundMs = Math.min(backendConnectBoundMs, Math.max(0, endsAt - clock.elapsed()) / 2);
    try {
      const noAnswer = (): never => {
        throw new YTaskError(ErrorCode.Connection, "the backend did not answer in time");
      };
      await bounded(this.#backend.connect({ logger: log }), boundMs, noAnswer, clock);
    } catch (error) {
      if (!isOutage(error)) throw error;
      // Running a task matters more than its result. The backend is connected as soon as it can be.
      log.error("the backend cannot be reached: results are not stored until it can", {
        error: messageOf(error),
      });
      this.#events.emitError(error);
    }
  }

  async #stopAll(timeoutMs: number): Promise<ShutdownReport> {
    const { clock, log } = this.#settings;
    this.#stop.abort();
    await Promise.allSettled(this.#starting.values());
    const groups = this.#groups;
    for (const group of groups) group.stop();
    const drained = Promise.all(groups.map((group) => group.drained()));
    const isDone = await bounded(
      drained.then(() => true),
      timeoutMs,
      () => false,
      clock,
    );
    if (!isDone) {
      for (const group of groups) group.fireSignals();
      await bounded(drained, tidyUpMs, () => undefined, clock);
    }
    const closed = this.#close(groups);
    await bounded(closed, closeBoundMs, () => log.warn("closing took too long; leaving it behind"), clock);
    const report = groups.reduce(
      ({ completed, released }, { tally }) => ({
        completed: completed + tally.completed,
        released: released + tally.released,
      }),
      { completed: 0, released: 0 },
    );
    log.info("the server is shut down", { ...report });
    return report;
  }

  async #close(groups: readonly ServedGroup[]): Promise<void> {
    await this.#settleAll([...groups.map((group) => group.close()), this.#engine.close()]);
    await this.#settleAll([this.#broker.close(), this.#backend?.close() ?? Promise.resolve()]);
  }

  async #settleAll(attempts: readonly Promise<void>[]): Promise<void> {
    for (const outcome of await Promise.allSettled(attempts))
      if (outcome.status === "rejected")
        this.#settings.log.warn("closing failed", { error: messageOf(outcome.reason) });
  }
}
