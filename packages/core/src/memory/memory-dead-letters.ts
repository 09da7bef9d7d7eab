import type { DeadLetters, Letter } from "../broker.js";
import type { Link } from "./link.js";
import type { MemoryQueue } from "./memory-queue.js";

const asItWas = (letter: Letter): string => letter.body;

/** The dead letters of one queue. */
export class MemoryDeadLetters implements DeadLetters {
  readonly #name: string;
  readonly #queue: MemoryQueue;
  readonly #link: Link;

  constructor(name: string, queue: MemoryQueue, link: Link) {
    this.#name = name;
    this.#queue = queue;
    this.#link = link;
  }

  async list({ limit = 100 }: { readonly limit?: number | undefined } = {}): Promise<readonly Letter[]> {
    this.#link.check();
    return [...this.#queue.letters.values()].slice(0, Math.max(0, limit));
  }

  async find(ids: readonly string[]): Promise<readonly Letter[]> {
    this.#link.check();
    return ids.flatMap((id) => this.#queue.letters.get(id) ?? []);
  }

  async redrive(ids?: readonly string[], rewrite: (letter: Letter) => string = asItWas): Promise<number> {
    this.#link.check();
    const { letters } = this.#queue;
    const chosen = new Set(ids ?? letters.keys());
    const going = [...letters.values()].filter((letter) => chosen.has(letter.id));
    // All are rewritten before any moves: a rewrite that throws leaves everything as it was.
    const bodies = going.map(rewrite);
    for (const letter of going) letters.delete(letter.id);
    for (const body of bodies) this.#queue.add({ queue: this.#name, body });
    return bodies.length;
  }

  async purge(): Promise<number> {
    this.#link.check();
    const count = this.#queue.letters.size;
    this.#queue.letters.clear();
    return count;
  }
}
