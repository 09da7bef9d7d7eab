/** What a driver implements, and the few helpers that it needs. See docs/write-a-driver.md. */
export { afterBound } from "./after-bound.js";
export type { Backend, BackendCapabilities, Entry, Stored, Unwatch } from "./backend.js";
export { Batcher } from "./batcher.js";
export { bounded } from "./bounded.js";
export type {
  Broker,
  BrokerCapabilities,
  Capability,
  Counts,
  DeadLetterReason,
  DeadLetters,
  Delivery,
  DriverEnvironment,
  Letter,
  Outcome,
  Outgoing,
  Refused,
  Settlement,
  SubscribeOptions,
  Subscription,
} from "./broker.js";
export { checkOptions, type Rule, type Rules, rules } from "./check-options.js";
export { type Clock, systemClock, type Timer } from "./clock.js";
export { ErrorCode, SendFailed, TimedOut, YTaskError } from "./errors.js";
export { isFinished } from "./finished.js";
export { type Logger, silentLogger } from "./logger.js";
export { redact } from "./redact.js";
export { SettlesUnderWay } from "./settles-under-way.js";
export { TurnoverMap } from "./turnover-map.js";
