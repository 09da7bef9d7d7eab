import { createHash } from "node:crypto";
import { Cluster, Redis } from "ioredis";
import type { RedisClient } from "../options.js";
import { isReply } from "./explain-error.js";
import { QuickCommand } from "./quick-command.js";

/** The answer belongs to another call: something between here and Redis has lost a part of the conversation. */
export class WrongAnswer extends Error {}

let calls = 0;

/**
 * A Lua script, called by its hash. Its text follows only if the server does not know it (any more).
 *
 * Redis answers in order, and an answer does not say what it answers. So each call has a number that the script gives
 * back: if a proxy dropped bytes, a call must not take another call's answer for its own, and believe something done
 * that was not.
 */
export class Script {
  readonly #text: string;
  readonly #hash: string;

  /** @param body Lua that sees KEYS and ARGV, and returns something */
  constructor(body: string) {
    this.#text = `local call = table.remove(ARGV)\nlocal function run()\n${body}\nend\nreturn { call, (run()) }`;
    this.#hash = createHash("sha1").update(this.#text).digest("hex");
  }

  /** Runs the script. Resolves to what it returns; throws `WrongAnswer` if the answer is another call's. */
  async run(
    client: RedisClient,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown> {
    const call = `${++calls}`;
    const args = [this.#hash, `${keys.length}`].concat(keys, values.map(String), call);
    const reply = await this.#evaluate(client, args);
    if (!Array.isArray(reply) || reply[0] !== call) throw new WrongAnswer("an answer was another call's");
    return reply[1];
  }

  /** @param args those of `EVALSHA` */
  async #evaluate(client: RedisClient, args: string[]): Promise<unknown> {
    try {
      return await callScript(client, "evalsha", args);
    } catch (error) {
      if (!isReply(error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return callScript(client, "eval", [this.#text].concat(args.slice(1)));
    }
  }
}

async function callScript(client: RedisClient, name: "eval" | "evalsha", args: string[]): Promise<unknown> {
  if (client instanceof Redis || client instanceof Cluster) {
    const command = new QuickCommand(name, args);
    try {
      return await client.sendCommand(command);
    } finally {
      command.forget();
    }
  }
  // The user's client is of another copy of ioredis, which may need more from a command than ours has.
  const [script = "", keyCount = "0", ...others] = args;
  return (client as Redis)[name](script, keyCount, ...others);
}
