import type { Counts } from "./broker.js";
import { checkName } from "./check-options.js";
import { Aborter, type AbortOptions } from "./client/aborter.js";
import { answerOf } from "./client/answer-of.js";
import {
  type Composed,
  composeMany,
  composeTask,
  composeWorkflow,
  type StepRequest,
} from "./client/compose.js";
import { DeadLetterBox } from "./client/dead-letter-box.js";
import { ResultReader } from "./client/result-reader.js";
import { SendManyFailed } from "./client/send-many-failed.js";
import { Parcel, Sender } from "./client/sender.js";
import { SentTask } from "./client/sent-task.js";
import type { TaskHandle, WaitOptions } from "./client/task-handle.js";
import { DriverHold } from "./driver-hold.js";
import { ErrorCode, YTaskError } from "./errors.js";
import { checkGroup, delayedQueueKey, queueKey } from "./keys.js";
import type { Result } from "./results/result.js";
import { ResultStore } from "./results/result-store.js";
import { Status } from "./results/status.js";
import { StatusWriter } from "./results/status-writer.js";
import { outgoingOf, type Routing, refuseTooLarge } from "./router.js";
import { type ClientOptions, type Settings, settingsOf } from "./settings.js";
import { bounded } from "./time/bounded.js";
import type { CheckRequests, HandleOf, Request, SendParameters, TaskAt } from "./types/requests.js";
import type { TaskMap, UntypedTasks } from "./types/tasks.js";
import type { CheckSteps, LastOf, Step } from "./types/workflow.js";
import { workflowStates } from "./workflow.js";

const closeBoundMs = 10_000;

/**
 * Sends tasks and reads their results. `Tasks` is the type of a map `{ group: { name: task } }`; without one, calls are
 * not type-checked.
 */
export class Client<Tasks extends TaskMap<Tasks> = UntypedTasks> {
  readonly #settings: Settings;
  readonly #routing: Routing;
  readonly #broker: DriverHold;
  readonly #backend: DriverHold | undefined;
  readonly #sender: Sender;
  readonly #writer: StatusWriter | undefined;
  readonly #reader: ResultReader | undefined;
  readonly #aborter: Aborter | undefined;
  #closed: Promise<void> | undefined;

  /** @throws YTaskError `InvalidArgument` for an option that is missing, unknown or not allowed */
  constructor(options: ClientOptions) {
    const settings = settingsOf(options, "new Client: options");
    const { broker, backend, clock, log } = settings;
    this.#settings = settings;
    this.#routing = { ...settings, delaysInGoQueue: () => settings.goCompatible };
    this.#broker = new DriverHold(broker);
    this.#sender = new Sender(broker, this.#broker, clock, log, (stored) => this.#noteSent(stored));
    if (backend === undefined) return;
    this.#backend = new DriverHold(backend);
    this.#aborter = new Aborter(backend, this.#backend, settings);
    if (settings.statusExpires === 0 && settings.resultExpires === 0) return;
    this.#writer = new StatusWriter(
      new ResultStore(backend, this.#backend, clock, log),
      settings,
      log,
      "present",
    );
    this.#reader = new ResultReader(backend, this.#backend, clock, log);
  }

  /**
   * Sends a task. Resolves to its handle once the broker has stored it.
   *
   * @throws YTaskError `SendMessage` if the broker did not confirm the task: it may be stored all the same, and the
   * error's causes say why, such as `ServerFull`. `UnsupportedType` for an argument that cannot cross, with its path;
   * `TooLarge` above `maxMessageBytes`; `InvalidArgument` for a bad name, argument list or option; `Closed` after `close`
   */
  async send<Group extends keyof Tasks & string, Name extends keyof Tasks[Group] & string>(
    group: Group,
    name: Name,
    ...[args, options]: SendParameters<Tasks, Group, Name>
  ): Promise<HandleOf<Tasks[Group][Name]>> {
    this.#refuseIfClosed();
    const composed = composeTask(group, name, args, options, this.#settings.clock, "client.send");
    await this.#send(composed);
    return this.#handle(composed.message.id) as HandleOf<Tasks[Group][Name]>;
  }

  /**
   * Sends many tasks in few calls. Resolves to their handles, in order, once the broker has stored all of them.
   * Some ten thousand are on their way at a time, each within the longest `sendTimeoutMs`; if the broker confirms
   * none for that long, the rest are not tried.
   *
   * @throws SendManyFailed, with the indices of the tasks that are `sent` and of those that `failed`; otherwise as
   * `send`, and then none is sent
   */
  async sendMany<const Requests extends readonly Request<Tasks>[]>(
    requests: Requests & CheckRequests<Tasks, Requests>,
  ): Promise<{ readonly [Index in keyof Requests]: HandleOf<TaskAt<Tasks, Requests[Index]>> }> {
    this.#refuseIfClosed();
    const all = composeMany(requests as readonly StepRequest[], this.#settings.clock);
    for (const { group, message } of all) refuseTooLarge(this.#routing, group, message);
    const boundMs = all.reduce((most, { schedule }) => Math.max(most, schedule.sendTimeoutMs), 0);
    const outcomes = await this.#sender.sendAll(all, (composed) => this.#parcel(composed), boundMs);
    const firstError = outcomes.find((error) => error !== undefined);
    if (firstError !== undefined) {
      const indices = outcomes.map((_, index) => index);
      const sent = indices.filter((index) => outcomes[index] === undefined);
      const failed = indices.filter((index) => outcomes[index] !== undefined);
      throw new SendManyFailed(sent, failed, firstError);
    }
    // The types of the handles follow from those of the requests, which the wire does not carry.
    return all.map(({ message }) => this.#handle(message.id)) as never;
  }

  /**
   * Sends a workflow: each step gets the values of the one before as its arguments. The handle's values are those of
   * the last step. Throws as `send`.
   */
  async sendWorkflow<const Steps extends readonly Step<Tasks>[]>(
    steps: Steps & CheckSteps<Tasks, Steps>,
  ): Promise<HandleOf<TaskAt<Tasks, LastOf<Steps>>>> {
    this.#refuseIfClosed();
    const composed = composeWorkflow(steps as readonly StepRequest[], this.#settings.clock);
    await this.#send(composed);
    return this.#handle(composed.message.id) as HandleOf<TaskAt<Tasks, LastOf<Steps>>>;
  }

  /** The result of a task whose id was kept elsewhere, once it is finished. Throws as `TaskHandle.result`. */
  async getResult<Values extends readonly unknown[] = readonly unknown[]>(
    id: string,
    options?: WaitOptions,
  ): Promise<Result<Values>> {
    checkName(id, "client.getResult: the id");
    // The type is the caller's word for what the task returns.
    return (await this.#readerOrThrow().wait(id, options)) as Result<Values>;
  }

  /**
   * A task's status; undefined if nothing is stored.
   * @throws YTaskError `NilBackend` if no results are kept; `Malformed` if what is stored is no result; `Connection`,
   * `AccessRefused`, `UnsupportedServer` or `Backend` if the backend cannot be read; `InvalidArgument` for a bad id;
   * `Closed` after `close`
   */
  async getStatus(id: string): Promise<Status | undefined> {
    checkName(id, "client.getStatus: the id");
    const reader = this.#readerOrThrow();
    await this.#writer?.flush();
    const result = await reader.read(id);
    // A Go server stores Success after each step of a workflow.
    return result?.status === Status.Success && !result.isFinished() ? Status.Running : result?.status;
  }

  /**
   * Aborts a task: one that has not started never runs, and one that runs has its signal fired within a second. A
   * finished task stays as it is.
   *
   * @param options `expiresSeconds`: SECONDS for which the abort is remembered, default 86,400; -1 for ever
   * @throws YTaskError `NilBackend` without a backend; `Backend` if the flag could not be stored; `Connection`,
   * `AccessRefused` or `UnsupportedServer` if the backend cannot be used; `InvalidArgument` for a bad id or option;
   * `Closed` after `close`. If the flag is stored but the task's status is not, the abort holds and the log says so
   */
  async abort(id: string, options?: AbortOptions): Promise<void> {
    this.#refuseIfClosed();
    checkName(id, "client.abort: the id");
    if (this.#aborter === undefined)
      throw new YTaskError(
        ErrorCode.NilBackend,
        "the task cannot be aborted: this client has no backend to keep the abort in; give it that of the servers",
      );
    await this.#aborter.abort(id, options);
  }

  /**
   * How many messages of a group wait, are delayed, run, and are dead; undefined where the broker cannot tell. With
   * `goCompatible` those in the Go original's delayed queue are delayed ones too. A client with a map of tasks takes the
   * groups that it has, as `deadLetters` does; one without takes any.
   *
   * @throws YTaskError `InvalidArgument` for a name that is refused; `Closed` after `close`; `Connection`,
   * `AccessRefused` or `UnsupportedServer` if the broker cannot be used
   */
  async counts(group: keyof Tasks & string): Promise<Counts> {
    this.#refuseIfClosed();
    checkGroup(group);
    const { broker, wireVersion, goCompatible, clock } = this.#settings;
    const count = async (): Promise<Counts> => {
      await this.#connect();
      const counts = await broker.counts(queueKey(group, wireVersion));
      return goCompatible
        ? withDelayedOfGo(counts, await broker.counts(delayedQueueKey(group, wireVersion)))
        : counts;
    };
    return answerOf(count(), "the broker", clock);
  }

  /**
   * The dead letters of a group: with a map of tasks, of one that it has. Asks the broker nothing yet.
   * @throws YTaskError `InvalidArgument` for a name that is refused, `Closed` after `close`
   */
  deadLetters(group: keyof Tasks & string): DeadLetterBox {
    this.#refuseIfClosed();
    checkGroup(group);
    const settings = { ...this.#settings, expiry: this.#settings };
    return new DeadLetterBox(group, settings, async () => {
      this.#refuseIfClosed();
      await this.#connect();
      await this.#backend?.connect({ logger: this.#settings.log });
    });
  }

  /**
   * Ends the waits for results, waits for the sends that are under way, and closes the connections that this client
   * opened, unless a server or another client uses them. A second call gets the promise of the first.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#reader?.close();
    const ended = this.#sender
      .idle()
      .then(() => this.#writer?.flush())
      .then(() => Promise.all([this.#broker.close(), this.#backend?.close()]));
    await bounded<unknown>(
      ended,
      closeBoundMs,
      () => this.#settings.log.warn("closing took too long; leaving it behind"),
      this.#settings.clock,
    );
  }

  async #send(composed: Composed): Promise<void> {
    await this.#sender.send(this.#parcel(composed));
  }

  #parcel(composed: Composed): Parcel {
    const { group, message, schedule } = composed;
    const outgoing = outgoingOf(this.#routing, group, message, schedule.delayMs, schedule.front);
    return new Parcel(composed, outgoing);
  }

  /**
   * Stores `Sent` for what was sent, unless something is stored by then. Only reads of this client wait for it: a
   * backend that is slow or down must not hold up a send. The write begins before the senders go on, so that backend and
   * sender work at the same time.
   */
  #noteSent(sent: readonly Composed[]): void {
    if (this.#writer === undefined) return;
    for (const { message } of sent)
      this.#writer.note(message.id, () => ({
        id: message.id,
        status: Status.Sent,
        workflow: workflowStates(message, 0, "waiting"),
      }));
    void this.#writer.flush();
  }

  #handle(id: string): TaskHandle {
    return new SentTask(id, this);
  }

  #readerOrThrow(): ResultReader {
    this.#refuseIfClosed();
    if (this.#reader === undefined)
      throw new YTaskError(
        ErrorCode.NilBackend,
        "there is no result to read: this client has no backend, or statusExpires and resultExpires are both 0",
      );
    return this.#reader;
  }

  #connect(): Promise<void> {
    return this.#broker.connect({ logger: this.#settings.log });
  }

  #refuseIfClosed(): void {
    if (this.#closed !== undefined)
      throw new YTaskError(ErrorCode.Closed, "the client was closed; make a new one");
  }
}

/**
 * Everything in the original's delayed queue counts as delayed: a server of ours holds what it took from there until it
 * is due.
 */
function withDelayedOfGo(counts: Counts, ofGo: Counts): Counts {
  const delayed = [counts.delayed, ofGo.waiting, ofGo.delayed, ofGo.running].reduce(
    (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  );
  return { ...counts, delayed };
}
