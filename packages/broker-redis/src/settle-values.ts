import type { DeadLetterReason, Outgoing, Settlement } from "@ytask/core/driver";

/** How much of an error's text is kept with a dead letter, in characters. */
const longestError = 8_192;
/** Ends an error's text that was cut. */
const cutMark = "… (cut)";

/** A value of a script. */
export type Value = string | number;

/**
 * What the settle script is given.
 *
 * @param queue the key of the queue that the deliveries came from
 * @param limit the most dead letters; undefined for any number
 */
export function settleValues(
  settlements: readonly Settlement[],
  queue: string,
  limit: number | undefined,
): readonly Value[] {
  const acks: string[] = [];
  const releases: string[] = [];
  const others: Value[] = [];
  for (const settlement of settlements) {
    const token = settlement.delivery.id;
    if (settlement.kind === "ack") acks.push(token);
    else if (settlement.kind === "release") releases.push(token);
    else if (settlement.kind === "deadLetter")
      others.push(...deadLetterValues(token, settlement.reason, settlement.error));
    else others.push(...replacementValues(token, settlement.by, queue));
  }
  return [acks.length, releases.length, limit ?? "", ...acks, ...releases, ...others];
}

/** The same for messages that were not handed out, and are given back. */
export const giveBackValues = (tokens: readonly string[]): readonly Value[] => [
  0,
  tokens.length,
  "",
  ...tokens,
];

/** The same for a message that was not handed out, and becomes a dead letter. */
export const onlyDeadLetterValues = (
  token: string,
  reason: DeadLetterReason,
  error: string,
  limit: number | undefined,
): readonly Value[] => [0, 0, limit ?? "", ...deadLetterValues(token, reason, error)];

const deadLetterValues = (token: string, reason: DeadLetterReason, error: string | undefined): string[] => [
  "d",
  token,
  reason,
  cut(error ?? ""),
];

/** Of what replaces a delivery only what goes into its own queue: the rest was sent before. */
function replacementValues(token: string, by: readonly Outgoing[], queue: string): readonly Value[] {
  const own = by.filter((message) => message.queue === queue);
  const values: Value[] = ["r", token, own.length];
  for (const { body, front, delayMs } of own) values.push(Math.ceil(delayMs ?? 0), front ? "h" : "t", body);
  return values;
}

/** How many characters Redis has to move to settle a delivery. */
export const charactersOf = (settlement: Settlement): number => {
  if (settlement.kind === "ack") return 0;
  if (settlement.kind === "replace") return settlement.by.reduce((sum, { body }) => sum + body.length, 0);
  const error = settlement.kind === "deadLetter" ? (settlement.error?.length ?? 0) : 0;
  return settlement.delivery.body.length + Math.min(error, longestError);
};

/** The beginning of a long text, with a mark at its end that says so. */
const cut = (text: string): string =>
  text.length <= longestError ? text : text.slice(0, longestError - cutMark.length) + cutMark;
