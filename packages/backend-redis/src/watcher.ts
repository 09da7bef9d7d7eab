import { Batcher, type Unwatch } from "@ytask/core/driver";
import { type Connection, inPieces, isCluster } from "@ytask-internal/redis-connection";

/** The prefix of the channel on which the setting of a key is announced. */
export const channelPrefix = "ytask:ts1:set:";

/**
 * How often to check that the connection still answers, in milliseconds: otherwise nothing may be sent on it for long.
 */
const heartbeatMs = 5_000;

interface Change {
  readonly channel: string;
  readonly subscribe: boolean;
}

/** Watches keys on a connection of its own. */
export class Watcher {
  readonly #connection: Connection;
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #changes = new Batcher<Change, undefined>((changes) => this.#apply(changes));
  #heartbeat: NodeJS.Timeout | undefined;
  #began = false;

  /** @param connection a connection of its own; the watcher opens and closes it */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Calls `onSet` when the key is announced, and after a reconnect, when an announcement may have been missed. */
  async watch(key: string, onSet: () => void): Promise<Unwatch> {
    if (!this.#began) this.#begin();
    const channel = channelPrefix + key;
    // A separate function, since two watches may share one `onSet`.
    const listener = (): void => onSet();
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listener));
    const unwatch = (): Promise<void> => this.#remove(channel, listener);
    try {
      await this.#changes.add({ channel, subscribe: true });
    } catch (error) {
      await unwatch();
      throw error;
    }
    return unwatch;
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.#listeners.clear();
    this.#connection.close();
  }

  #begin(): void {
    this.#began = true;
    const { client } = this.#connection;
    client.on("message", (channel: string) => this.#notify(channel));
    this.#connection.onReady(() => void this.#catchUp());
    this.#connection.openLater();
    // In a Cluster ioredis chooses and minds the subscriber's node itself.
    if (!isCluster(client)) this.#heartbeat = setInterval(() => void this.#beat(), heartbeatMs).unref();
  }

  async #remove(channel: string, listener: () => void): Promise<void> {
    const listeners = this.#listeners.get(channel);
    if (!listeners?.delete(listener) || listeners.size > 0) return;
    this.#listeners.delete(channel);
    await this.#changes.add({ channel, subscribe: false }).catch(() => {
      // A subscription that is left over costs one announcement that nobody needs.
    });
  }

  /**
   * Makes one call for all channels to subscribe to, and one for all to unsubscribe from; the last change of a channel
   * counts.
   */
  async #apply(changes: readonly Change[]): Promise<undefined[]> {
    const last = new Map(changes.map(({ channel, subscribe }) => [channel, subscribe]));
    const channels = [...last.keys()];
    const begin = channels.filter((channel) => last.get(channel));
    const end = channels.filter((channel) => !last.get(channel));
    await this.#connection.use((client) =>
      Promise.all([
        end.length > 0 ? client.unsubscribe(...end) : undefined,
        begin.length > 0 ? client.subscribe(...begin) : undefined,
      ]),
    );
    return changes.map(() => undefined);
  }

  #notify(channel: string): void {
    for (const listener of this.#listeners.get(channel) ?? []) listener();
  }

  /** After a reconnect: subscribes again, and makes all watchers look, since announcements may have been missed. */
  async #catchUp(): Promise<void> {
    const channels = [...this.#listeners.keys()];
    if (channels.length === 0) return;
    try {
      const pieces = inPieces(channels, 1_000, ({ length }) => length);
      await this.#connection.use((client) => Promise.all(pieces.map((piece) => client.subscribe(...piece))));
    } catch {
      return; // the connection broke again; the next one catches up
    }
    for (const channel of channels) this.#notify(channel);
  }

  async #beat(): Promise<void> {
    if (!this.#connection.isReady || this.#listeners.size === 0) return;
    await this.#connection
      .use((client) => client.ping())
      .catch(() => {
        // `use` has destroyed the connection; a new one catches up.
      });
  }
}
