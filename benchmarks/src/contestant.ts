/** What is sent: the same for every contestant. A task gets both and returns the index. */
export interface Payload {
  readonly index: number;
  readonly text: string;
}

/** Where the servers of this run are. */
export interface Servers {
  readonly redisUrl: string;
  readonly amqpUrl: string;
}

/** Tasks being run; `stop` resolves once none runs any more. */
export interface Serving {
  stop(): Promise<unknown>;
}

/** One queue of a contestant, new for each round. */
export interface Session {
  /** Resolves once the task is stored by the server. */
  send(payload: Payload): Promise<unknown>;
  /** The same for many tasks in the contestant's own bulk call. */
  sendMany?(payloads: readonly Payload[]): Promise<unknown>;
  sendDelayed?(payload: Payload, delayMs: number): Promise<unknown>;
  /** Sends a task and resolves to its result once that is back at the sender. */
  call?(payload: Payload): Promise<unknown>;
  /**
   * Runs tasks.
   *
   * @param run the task itself
   * @param onDone called once for each task whose result is stored and which is settled
   */
  serve(concurrency: number, run: (index: number) => void, onDone: () => void): Promise<Serving>;
  /** Resolves once what sends left to be written later is written too: it counts as a part of sending. */
  written?(): Promise<unknown>;
  /** The stored result of each task that was sent, where the contestant stores results. */
  results?(): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/** A queue that is measured. */
export interface Contestant {
  readonly name: string;
  /** On what it keeps its tasks. */
  readonly store: "memory" | "redis" | "rabbitmq";
  /** What is known to be stored when a send resolves, and what becomes of results. */
  readonly guarantees: string;
  /** The packages whose versions are reported. */
  readonly packages: readonly string[];
  /** Whether it runs on Node 22 and later only. */
  readonly needsNode22?: boolean;
  /** The limit that a client library sets, rather than a queue that somebody would use. */
  readonly isBare?: boolean;
  /** What it can besides `send` and `serve`. */
  readonly can: ReadonlySet<"sendMany" | "sendDelayed" | "call" | "processes">;
  /** Loads its library, unless all contestants have that: what is loaded changes how V8 treats what else runs. */
  open(servers: Servers, queue: string): Promise<Session>;
}
