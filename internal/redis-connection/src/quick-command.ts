import { Command } from "ioredis";

const noop = (): void => undefined;
const over = Promise.resolve();

/**
 * A command with hundreds of arguments and a name in ASCII. ioredis' own command copies and flattens its arguments, and
 * appends them to a text one by one, which took a tenth of the time of a task. What it can do besides, a key prefix and
 * automatic pipelines, is never turned on.
 */
export class QuickCommand extends Command {
  constructor(name: string, args: string[]) {
    super(name, [], { replyEncoding: "utf8" });
    this.args = args;
  }

  /**
   * Lets go of the arguments and the answer, once the command is answered. ioredis keeps a note of each command until
   * it is answered, and V8 allocates such notes as old objects. What an old object points to stays alive, answered or
   * not, until V8 collects old objects too: the arguments and answers of some ten thousand tasks were copied again and
   * again.
   */
  forget(): void {
    this.args = [];
    this.promise = over;
    this.resolve = this.reject = noop;
  }

  override toWritable(): string | Buffer {
    const parts = [`*${this.args.length + 1}\r\n$${this.name.length}\r\n${this.name}`];
    let isAscii = true;
    for (const arg of this.args as string[]) {
      const bytes = Buffer.byteLength(arg);
      if (bytes !== arg.length) isAscii = false;
      parts.push(`\r\n$${bytes}\r\n`, arg);
    }
    parts.push("\r\n");
    const text = parts.join("");
    // V8 may have allocated it as an old object, and then keeps what it holds alive until it collects old objects too.
    parts.length = 0;
    // Given a string, the socket would encode it as UTF-8, character by character.
    return isAscii ? Buffer.from(text, "latin1") : text;
  }
}
