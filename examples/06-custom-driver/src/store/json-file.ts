import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";

/**
 * How old a lock may be; who made an older one has died, since a transaction takes milliseconds. (Two processes that
 * find the same old lock in the same moment could both get in. A real database has no such gap.)
 */
const staleMs = 5_000;

/** The database of this example: one JSON document in a file, for the processes of one machine. */
export class JsonFile<Document extends object> {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Makes the file if there is none; its folder must exist. */
  create(empty: Document): void {
    this.#locked(() => {
      if (!existsSync(this.#path)) this.#write(JSON.stringify(empty));
    });
  }

  read(): Document {
    return JSON.parse(readFileSync(this.#path, "utf8")) as Document; // nobody else writes the file
  }

  /** Lets `change` alter the document in one step, even if others do so at the same time. */
  transaction<T>(change: (document: Document) => T): T {
    return this.#locked(() => {
      const before = readFileSync(this.#path, "utf8");
      const document = JSON.parse(before) as Document; // as above
      const result = change(document);
      const after = JSON.stringify(document);
      if (after !== before) this.#write(after);
      return result;
    });
  }

  /** A reader sees the old document or the new one, never half of it, even after a crash. */
  #write(text: string): void {
    writeFileSync(`${this.#path}.new`, text);
    renameSync(`${this.#path}.new`, this.#path);
  }

  #locked<T>(action: () => T): T {
    const lock = `${this.#path}.lock`;
    while (!tryToMake(lock)) {
      removeIfStale(lock);
      pause(1);
    }
    try {
      return action();
    } finally {
      rmSync(lock, { force: true });
    }
  }
}

function tryToMake(lock: string): boolean {
  try {
    closeSync(openSync(lock, "wx"));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false; // what fs throws
    throw error;
  }
}

function removeIfStale(lock: string): void {
  const heldSince = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
  if (Date.now() - heldSince > staleMs) rmSync(lock, { force: true });
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
