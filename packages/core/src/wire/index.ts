/** The wire format, for programs that read or write queues and results themselves. See docs/wire-format.md. */
export { abortKey, queueKey, resultKey, type WireVersion } from "../keys.js";
export {
  type Extra,
  type Message,
  parseMessage,
  serializeMessage,
  type WorkflowStep,
} from "../message.js";
export { parseResult, Result, type ResultFields, serializeResult } from "../result.js";
export { Malformed } from "./fields.js";
