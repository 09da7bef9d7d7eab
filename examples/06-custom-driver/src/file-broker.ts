import {
  type Broker,
  type BrokerCapabilities,
  type Counts,
  type DeadLetterReason,
  type DeadLetters,
  ErrorCode,
  type Letter,
  notConnected,
  type Outgoing,
  SendFailed,
  type SubscribeOptions,
  type Subscription,
  YTaskError,
} from "@ytask/core/driver";
import { FileSubscription } from "./file-subscription.js";
import { type DeadJob, JobStore } from "./store/job-store.js";

/** Why a message is a dead letter: kept with the message. */
export interface Note {
  readonly reason: DeadLetterReason;
  readonly error?: string | undefined;
}

/** Moves messages through a job store in a file. */
export class FileBroker implements Broker {
  readonly capabilities: BrokerCapabilities = {
    exactRedeliveryCount: true,
    front: true,
    atomicReplace: true,
  };
  readonly #store: JobStore<Note>;
  readonly #leaseMs: number;
  readonly #subscriptions = new Set<FileSubscription>();
  #isOpen = false;

  /** `leaseMs`: milliseconds for which a server may be silent before others run what it held; default 30,000. */
  constructor(options: { readonly file: string; readonly leaseMs?: number | undefined }) {
    this.#store = new JobStore(options.file);
    this.#leaseMs = options.leaseMs ?? 30_000;
  }

  async connect(): Promise<void> {
    guarded(() => this.#store.create());
    this.#isOpen = true;
  }

  async send(messages: readonly Outgoing[]): Promise<void> {
    try {
      this.#use((store) => store.put(messages));
    } catch (cause) {
      const notStored = messages.map((_, index) => index);
      throw new SendFailed(`none of the messages is stored: ${cause}`, { notStored }, { cause });
    }
  }

  async subscribe(queue: string, options: SubscribeOptions): Promise<Subscription> {
    const subscription = new FileSubscription((action) => this.#use(action), queue, this.#leaseMs, options);
    this.#subscriptions.add(subscription);
    return subscription;
  }

  deadLetters(queue: string): DeadLetters {
    const all = () => this.#use((store) => store.dead(queue));
    return {
      list: async ({ limit = 100 } = {}) => all().slice(0, limit).map(letterOf),
      redrive: async (ids = all().map(({ id }) => id), rewrite = ({ body }) => body) =>
        this.#use((store) =>
          store.takeDead(queue, new Set(ids), (job) => [{ queue, body: rewrite(letterOf(job)) }]),
        ),
      purge: async () =>
        this.#use((store) => store.takeDead(queue, new Set(store.dead(queue).map(({ id }) => id)), () => [])),
    };
  }

  async counts(queue: string): Promise<Counts> {
    const { free, early, held, dead } = this.#use((store) => store.count(queue));
    return { waiting: free, delayed: early, running: held, dead };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    this.#subscriptions.clear();
    this.#isOpen = false;
  }

  #use<T>(action: (store: JobStore<Note>) => T): T {
    if (!this.#isOpen) throw notConnected("the broker");
    return guarded(() => action(this.#store));
  }
}

const letterOf = ({ id, body, note, at }: DeadJob<Note>): Letter => ({
  id,
  body,
  ...note,
  at: new Date(at),
});

/** Core tries again after a `Connection` error: a problem with the file system may be fixed by then. */
function guarded<T>(action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new YTaskError(ErrorCode.Connection, `the tasks' file cannot be used: ${cause}`, { cause });
  }
}
