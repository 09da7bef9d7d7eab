import type { Client } from "./client.js";
import type { Result } from "./result.js";
import { TaskFailed } from "./task-failed.js";
import type { TaskHandle } from "./task-handle.js";

/** What it does, it does without `this` too: as a plain object of functions would. */
export class SentTask implements TaskHandle {
  readonly value: TaskHandle["value"];
  readonly result: TaskHandle["result"];
  readonly status: TaskHandle["status"];
  readonly abort: TaskHandle["abort"];

  constructor(
    readonly id: string,
    client: Pick<Client, "getResult" | "getStatus" | "abort">,
  ) {
    this.value = async (options) => onlyValue(await client.getResult(id, options));
    this.result = (options) => client.getResult(id, options);
    this.status = () => client.getStatus(id);
    this.abort = () => client.abort(id);
  }
}

/** None, one or several values as undefined, the value, or a list. */
function onlyValue(result: Result): unknown {
  if (!result.isSuccess()) throw new TaskFailed(result);
  const values = result.values();
  return values.length > 1 ? values : values[0];
}
