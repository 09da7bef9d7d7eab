import { createHash } from "node:crypto";
import { Cluster, Command, Redis } from "ioredis";
import type { RedisClient } from "../options.js";
import { isReply } from "./explain-error.js";

/** The answer belongs to another call: something between here and Redis lost a part of what was said. */
export class WrongAnswer extends Error {}

let calls = 0;

/**
 * A Lua script, called by its hash; its text follows only where the server does not know it (any more).
 *
 * Redis answers in order, and nothing in an answer tells what it answers. So each call has a number that the script
 * gives back: where a proxy dropped bytes, a call must not take another one's answer for its own, and hold for done
 * what was not.
 */
export class Script {
  readonly #text: string;
  readonly #hash: string;

  /** @param body Lua that sees KEYS and ARGV, and returns something */
  constructor(body: string) {
    this.#text = `local call = table.remove(ARGV)\nlocal function run()\n${body}\nend\nreturn { call, (run()) }`;
    this.#hash = createHash("sha1").update(this.#text).digest("hex");
  }

  /** What the script returns. Throws `WrongAnswer` where the answer is another call's. */
  async run(
    client: RedisClient,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown> {
    const call = `${++calls}`;
    const reply = await this.#evaluate(client, keys, [...values, call]);
    if (!Array.isArray(reply) || reply[0] !== call) throw new WrongAnswer("an answer was another call's");
    return reply[1];
  }

  async #evaluate(
    client: RedisClient,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown> {
    try {
      return await callScript(client, "evalsha", this.#hash, keys, values);
    } catch (error) {
      if (!isReply(error) || !error.message.startsWith("NOSCRIPT")) throw error;
      return callScript(client, "eval", this.#text, keys, values);
    }
  }
}

function callScript(
  client: RedisClient,
  name: "eval" | "evalsha",
  script: string,
  keys: readonly string[],
  values: readonly (string | number)[],
): unknown {
  if (client instanceof Redis || client instanceof Cluster)
    return client.sendCommand(new ScriptCall(name, script, keys, values));
  // The user's client is of another copy of ioredis, which may want more of a command than ours has.
  return (client as Redis)[name](script, keys.length, ...keys, ...values);
}

/**
 * A command with hundreds of arguments. ioredis' own copies and flattens them, and adds them to a text one by one, which
 * took a tenth of the time of a task. What `evalsha` does besides, a key prefix and automatic pipelines, is never on.
 */
class ScriptCall extends Command {
  constructor(name: string, script: string, keys: readonly string[], values: readonly (string | number)[]) {
    super(name, [], { replyEncoding: "utf8" });
    const args = [script, `${keys.length}`, ...keys];
    for (const value of values) args.push(typeof value === "string" ? value : `${value}`);
    this.args = args;
  }

  override toWritable(): string {
    const parts = [`*${this.args.length + 1}\r\n$${this.name.length}\r\n${this.name}`];
    for (const arg of this.args as string[]) parts.push(`\r\n$${Buffer.byteLength(arg)}\r\n`, arg); // as the constructor made them
    parts.push("\r\n");
    return parts.join("");
  }
}
