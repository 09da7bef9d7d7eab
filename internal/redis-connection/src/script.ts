import { createHash } from "node:crypto";
import type { RedisClient } from "../options.js";
import { isReply } from "./explain-error.js";

/** A Lua script, called by its hash; its text follows only where the server does not know it (any more). */
export class Script {
  readonly #text: string;
  readonly #hash: string;

  constructor(text: string) {
    this.#text = text;
    this.#hash = createHash("sha1").update(text).digest("hex");
  }

  async run(
    client: RedisClient,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown> {
    try {
      return await client.evalsha(this.#hash, keys.length, ...keys, ...values);
    } catch (error) {
      if (!isReply(error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return client.eval(this.#text, keys.length, ...keys, ...values);
    }
  }
}
