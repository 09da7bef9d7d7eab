import type { Connection } from "@ytask-internal/redis-connection";
import { Loop } from "./loop.js";
import type { QueueKeys } from "./queue-keys.js";
import { expired } from "./scripts/expired.js";
import { recover } from "./scripts/recover.js";

const restMs = 500;
/** After an outage everybody's lease looks expired; this long the others have to come back and renew theirs. */
const secondLookMs = 3_000;

export interface ReaperOptions {
  /** Whether a consumer is this server's own. */
  readonly isOwn: (consumer: string) => boolean;
  /** To be called with the number of messages that were returned. */
  readonly onRecovered: (count: number) => void;
  readonly onError: (error: Error) => void;
}

interface Sighting {
  readonly ends: string;
  readonly at: number;
  readonly breaks: number;
}

/** Returns the messages of consumers whose lease ran out: at the second look, if nothing broke in between. */
export class Reaper {
  readonly #connection: Connection;
  readonly #keys: QueueKeys;
  readonly #options: ReaperOptions;
  readonly #loop: Loop;
  #seen = new Map<string, Sighting>();

  constructor(connection: Connection, keys: QueueKeys, options: ReaperOptions) {
    this.#connection = connection;
    this.#keys = keys;
    this.#options = options;
    this.#loop = new Loop(() => this.#look(), options.onError);
    this.#loop.hurry();
  }

  stop(): void {
    this.#loop.stop();
  }

  async #look(): Promise<number> {
    const breaks = this.#connection.breaks;
    const reply = await this.#connection.use((client) => expired.run(client, [this.#keys.leases], []));
    const list = reply as string[]; // what the script returns
    const seen = new Map<string, Sighting>();
    for (let index = 0; index < list.length; index += 2) {
      const [consumer = "", ends = ""] = list.slice(index, index + 2);
      if (this.#options.isOwn(consumer)) continue;
      const before = this.#seen.get(consumer);
      const same = before !== undefined && before.ends === ends && before.breaks === breaks;
      const sighting = same ? before : { ends, at: performance.now(), breaks };
      if (performance.now() - sighting.at < secondLookMs) seen.set(consumer, sighting);
      else await this.#recover(consumer, ends);
    }
    this.#seen = seen;
    return restMs;
  }

  async #recover(consumer: string, ends: string): Promise<void> {
    const { leases, consumerPrefix, returned } = this.#keys;
    const count = await this.#connection.use((client) =>
      recover.run(client, [leases, consumerPrefix + consumer, returned], [consumer, ends]),
    );
    if (Number(count) > 0) this.#options.onRecovered(Number(count));
  }
}
