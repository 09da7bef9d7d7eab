import {
  type Backend,
  type BackendCapabilities,
  type Entry,
  ErrorCode,
  isFinished,
  notConnected,
  type Stored,
  YTaskError,
} from "@ytask/core/driver";
import { JsonFile } from "./store/json-file.js";

/** The value of each key, and until when it is kept: in milliseconds since 1970, or null for ever. */
type Values = Record<string, { readonly value: string; readonly until: number | null }>;

/** Keeps results in a JSON file. */
export class FileBackend implements Backend {
  readonly capabilities: BackendCapabilities = { atomicUnlessFinished: true };
  readonly #file: JsonFile<Values>;
  #isOpen = false;

  constructor(options: { readonly file: string }) {
    this.#file = new JsonFile(options.file);
  }

  async connect(): Promise<void> {
    guarded(() => this.#file.create({}));
    this.#isOpen = true;
  }

  async set(entries: readonly Entry[]): Promise<readonly Stored[]> {
    try {
      return this.#use(() =>
        this.#file.transaction((values) => {
          deleteExpired(values);
          return entries.map((entry) => store(values, entry));
        }),
      );
    } catch (error) {
      return entries.map(() => ({ kind: "failed", error: error as Error })); // `#use` throws YTaskErrors only
    }
  }

  async get(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    const values = this.#use(() => this.#file.read());
    return keys.map((key) => current(values, key));
  }

  async close(): Promise<void> {
    this.#isOpen = false;
  }

  #use<T>(action: () => T): T {
    if (!this.#isOpen) throw notConnected("the backend");
    return guarded(action);
  }
}

function store(values: Values, { key, value, expiresInSeconds, unless }: Entry): Stored {
  const before = current(values, key);
  if (before !== undefined && (unless === "present" || (unless === "finished" && isFinished(before))))
    return { kind: "kept" };
  const until = expiresInSeconds === undefined ? null : Date.now() + expiresInSeconds * 1_000;
  values[key] = { value, until };
  return { kind: "stored" };
}

/** The value of a key; undefined if there is none, or it has expired. */
const current = (values: Values, key: string): string | undefined => {
  const found = values[key];
  return found !== undefined && (found.until === null || found.until > Date.now()) ? found.value : undefined;
};

function deleteExpired(values: Values): void {
  for (const key of Object.keys(values)) if (current(values, key) === undefined) delete values[key];
}

function guarded<T>(action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new YTaskError(ErrorCode.Connection, `the results' file cannot be used: ${cause}`, { cause });
  }
}
