import { appendFileSync, closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What a server process writes down, outside of the broker under test: each line is in the kernel's hands before the
 * task goes on, so that a kill -9 takes none away. Times are milliseconds since 1970, all by this machine's clock.
 */
export type Note =
  /** The broker handed over a message. */
  | (Attempt & { readonly kind: "received" })
  /** An attempt begins. `number` is the task's, as the sender knows it; `step` that of its workflow. */
  | (Attempt & { readonly kind: "begin"; readonly number: number })
  /** Its function returned, or threw as planned. */
  | (Attempt & { readonly kind: "end" | "fail" })
  /** The broker settled it; or it took it back, and it is no longer this server's. */
  | (Attempt & { readonly kind: "settled" | "lost" })
  /** The process is alive, and how much memory it takes. */
  | { readonly kind: "alive"; readonly at: number; readonly rss: number };

interface Attempt {
  readonly at: number;
  readonly id: string;
  readonly step: number;
  /** From 1. */
  readonly attempt: number;
}

/** One run of one step's attempt on one server. */
export interface Execution {
  /** Which process ran it, such as `1.3`: the third life of server 1. */
  readonly life: string;
  readonly id: string;
  readonly number: number;
  readonly step: number;
  readonly attempt: number;
  /** From when on it was in doubt: the server had it, and it was not settled. */
  readonly receivedAt: number;
  readonly beganAt: number;
  /** When its function ended, and whether it returned; undefined where it never did. */
  endedAt: number | undefined;
  returned: boolean;
  /** From when on it was no longer in doubt: settled, or taken back by the broker. */
  clearAt: number | undefined;
}

/** What the files of a run tell. */
export interface Recorded {
  readonly executions: readonly Execution[];
  readonly alive: readonly { readonly life: string; readonly at: number; readonly rss: number }[];
}

/** Opens the file of one process, which only it writes. */
export function openRecord(file: string): (note: Note) => void {
  const descriptor = openSync(file, "a");
  process.once("exit", () => closeSync(descriptor));
  return (note) => appendFileSync(descriptor, `${JSON.stringify(note)}\n`);
}

const ending = ".executions.jsonl";

/** Where the life of a server is recorded. */
export const recordFile = (folder: string, life: string): string => join(folder, `${life}${ending}`);

/** Reads what all processes have written so far. */
export function readRecords(folder: string): Recorded {
  const executions: Execution[] = [];
  const alive: { life: string; at: number; rss: number }[] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith(ending))) {
    const life = file.slice(0, -ending.length);
    const attempts = new Attempts(life);
    for (const note of notesIn(join(folder, file))) {
      if (note.kind === "alive") alive.push({ life, at: note.at, rss: note.rss });
      else if (note.kind === "begin") executions.push(attempts.begin(note));
      else attempts.apply(note);
    }
  }
  return { executions, alive };
}

function notesIn(file: string): Note[] {
  const lines = readFileSync(file, "utf8").split("\n");
  // The last is empty, or the part of a line that a process which is writing has written so far.
  return lines.slice(0, -1).map((line) => JSON.parse(line) as Note); // written by `openRecord`
}

const keyOf = ({ id, step, attempt }: Attempt): string => `${id}/${step}/${attempt}`;

/** What one process did, attempt by attempt. It may run one twice, after it lost the first. */
class Attempts {
  readonly #life: string;
  readonly #received = new Map<string, number[]>();
  readonly #begun = new Map<string, Execution[]>();

  constructor(life: string) {
    this.#life = life;
  }

  begin(note: Note & { readonly kind: "begin" }): Execution {
    const { id, number, step, attempt, at } = note;
    const receivedAt = this.#received.get(keyOf(note))?.shift() ?? at;
    const execution: Execution = {
      ...{ life: this.#life, id, number, step, attempt, receivedAt, beganAt: at },
      ...{ endedAt: undefined, returned: false, clearAt: undefined },
    };
    this.#begun.set(keyOf(note), [...this.#of(note), execution]);
    return execution;
  }

  apply(note: Exclude<Note, { kind: "begin" | "alive" }>): void {
    const key = keyOf(note);
    if (note.kind === "received") this.#received.set(key, [...(this.#received.get(key) ?? []), note.at]);
    else if (note.kind === "settled" || note.kind === "lost") this.#clear(note);
    else {
      const execution = this.#of(note).find(({ endedAt }) => endedAt === undefined);
      if (execution !== undefined)
        Object.assign(execution, { endedAt: note.at, returned: note.kind === "end" });
    }
  }

  /** Of two, the first is the one that was lost. */
  #clear(note: Note & { readonly kind: "settled" | "lost" }): void {
    const unclear = this.#of(note).filter(({ clearAt }) => clearAt === undefined);
    const execution = note.kind === "lost" ? unclear[0] : unclear.at(-1);
    if (execution !== undefined) execution.clearAt = note.at;
  }

  #of(attempt: Attempt): readonly Execution[] {
    return this.#begun.get(keyOf(attempt)) ?? [];
  }
}
