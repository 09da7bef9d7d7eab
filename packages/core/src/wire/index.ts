/** The wire format, for programs that read or write queues and results themselves. See docs/wire-format.md. */
export { abortKey, resultKey, type WireVersion } from "../keys.js";
export { type Extra, type Message, parseMessage, type WorkflowStep } from "../message.js";
export { Result, type ResultFields } from "../results/result.js";
export { parseResult } from "../results/result-text.js";
export { queueKey, serializeMessage, serializeResult } from "./checked.js";
export { Malformed } from "./fields.js";
