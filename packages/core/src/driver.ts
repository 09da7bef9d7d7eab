/** What a driver implements, and the few helpers that it needs. See docs/write-a-driver.md. */

export type { Backend, BackendCapabilities, Entry, Stored, Unwatch } from "./backend.js";
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
export { Batcher } from "./collections/batcher.js";
export { type KeyedPart, partsByKey, runByKey } from "./collections/by-key.js";
export { inPieces } from "./collections/in-pieces.js";
export { mapPacked } from "./collections/map-packed.js";
export { TurnoverMap } from "./collections/turnover-map.js";
export { ErrorCode, notConnected, SendFailed, TimedOut, YTaskError } from "./errors.js";
export { type Logger, silentLogger } from "./log/logger.js";
export { redact } from "./log/redact.js";
export { isFinished } from "./results/finished.js";
export { SettlesUnderWay } from "./settles-under-way.js";
export { afterBound } from "./time/after-bound.js";
export { bounded } from "./time/bounded.js";
export { type Clock, systemClock, type Timer } from "./time/clock.js";
