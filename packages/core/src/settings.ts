import type { Backend } from "./backend.js";
import type { Broker } from "./broker.js";
import { checkOptions, type Rules, rules } from "./check-options.js";
import type { WireVersion } from "./keys.js";
import { consoleLogger, harmless, isPino, type Logger } from "./log/logger.js";
import type { Clock } from "./time/clock.js";
import { systemClock } from "./time/clock.js";

/** The options that servers and clients share. */
export interface ClientOptions {
  readonly broker: Broker;
  /** Where results are kept. Without one, tasks run and nobody can read their results. */
  readonly backend?: Backend | undefined;
  /** SECONDS for which statuses are kept. Default 86,400; -1 for ever; 0 does not store them. */
  readonly statusExpires?: number | undefined;
  /** SECONDS for which results are kept. Default 86,400; -1 for ever; 0 stores a success without its values. */
  readonly resultExpires?: number | undefined;
  /** Default: the console, at level info; without a line for each task that starts or succeeds. A pino logger is refused: give `fromPino(pino)`. */
  readonly logger?: Logger | undefined;
  /** The default logger's level is debug instead of info. Default false. */
  readonly debug?: boolean | undefined;
  /** The most bytes of a message; one that was sent again may have a kilobyte more. Default 1,048,576. */
  readonly maxMessageBytes?: number | undefined;
  /**
   * Queue names and layout of messages: 3 (default) like the Go original's v3, 2 like its v2. Messages of both are
   * always read.
   */
  readonly wireVersion?: WireVersion | undefined;
  /** Set it on servers and clients while Go servers or clients use the same queues. Default false. */
  readonly goCompatible?: boolean | undefined;
  /** The clock, for tests. Default: the machine's. */
  readonly clock?: Clock | undefined;
}

/** The options of a server. */
export interface ServerOptions extends ClientOptions {
  /**
   * How often a message may be delivered again without being settled before it becomes a dead letter. Default 10; 25 if
   * the broker's count is not exact.
   */
  readonly maxRedeliveries?: number | undefined;
  /** Milliseconds for which `run` tries to reach the broker before it rejects. Default 10,000. */
  readonly startTimeoutMs?: number | undefined;
}

/** Options with their defaults. */
export type Settings = {
  readonly [Key in keyof ClientOptions]-?: Key extends "backend" | "logger" | "debug"
    ? ClientOptions[Key]
    : Exclude<ClientOptions[Key], undefined>;
} & { readonly log: Logger };

const dayInSeconds = 86_400;

const brokerMethods = rules.methods("connect", "send", "subscribe", "deadLetters", "counts", "close");

const clientRules: Rules = {
  broker: (value) =>
    brokerMethods(value) ??
    (rules.object((value as Partial<Broker>).capabilities) === undefined
      ? undefined
      : "a broker whose capabilities are an object, see docs/write-a-driver.md"),
  backend: rules.methods("connect", "set", "get", "close"),
  statusExpires: rules.expirySeconds,
  resultExpires: rules.expirySeconds,
  logger: (value) =>
    rules.logger(value) ??
    (isPino(value as Logger)
      ? "given as fromPino(pino): pino's methods take fields before the message"
      : undefined),
  debug: rules.boolean,
  maxMessageBytes: rules.positiveCount,
  wireVersion: rules.wireVersion,
  goCompatible: rules.boolean,
  clock: rules.methods("now", "elapsed", "after"),
};

export const serverRules: Rules = {
  ...clientRules,
  maxRedeliveries: rules.count,
  startTimeoutMs: rules.positiveMilliseconds,
};

/** @throws YTaskError `InvalidArgument` for an option that is missing, unknown or not allowed */
export function settingsOf(options: ClientOptions, place: string, allowed: Rules = clientRules): Settings {
  checkOptions(options ?? null, allowed, place);
  checkOptions({ broker: options.broker ?? null }, { broker: clientRules.broker as Rules[string] }, place);
  const debug = options.debug ?? false;
  return {
    broker: options.broker,
    backend: options.backend,
    statusExpires: options.statusExpires ?? dayInSeconds,
    resultExpires: options.resultExpires ?? dayInSeconds,
    logger: options.logger,
    debug,
    log: harmless(options.logger ?? consoleLogger(debug ? "debug" : "info")),
    maxMessageBytes: options.maxMessageBytes ?? 1_048_576,
    wireVersion: options.wireVersion ?? 3,
    goCompatible: options.goCompatible ?? false,
    clock: options.clock ?? systemClock,
  };
}
