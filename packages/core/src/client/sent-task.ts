import type { Client } from "../client.js";
import type { Result } from "../results/result.js";
import { TaskFailed } from "./task-failed.js";
import type { TaskHandle } from "./task-handle.js";

/**
 * Its methods work without `this`. Each is made when it is asked for: if the four of them were made with the handle,
 * they would be most of the garbage that a send leaves.
 */
export class SentTask implements TaskHandle {
  readonly id: string;
  readonly #client: Pick<Client, "getResult" | "getStatus" | "abort">;

  constructor(id: string, client: Pick<Client, "getResult" | "getStatus" | "abort">) {
    this.id = id;
    this.#client = client;
  }

  get value(): TaskHandle["value"] {
    return async (options) => onlyValue(await this.#client.getResult(this.id, options));
  }

  get result(): TaskHandle["result"] {
    return (options) => this.#client.getResult(this.id, options);
  }

  get status(): TaskHandle["status"] {
    return () => this.#client.getStatus(this.id);
  }

  get abort(): TaskHandle["abort"] {
    return () => this.#client.abort(this.id);
  }
}

/** Undefined for no value, the value itself for one, a list for several. */
function onlyValue(result: Result): unknown {
  if (!result.isSuccess()) throw new TaskFailed(result);
  const values = result.values();
  return values.length > 1 ? values : values[0];
}
