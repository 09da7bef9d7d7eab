import type { DeadLetterReason, Delivery, Settlement } from "../broker.js";
import { messageOf } from "../errors.js";
import { type Message, parseMessage } from "../message.js";
import { addedBytes, isLarger, limitOf } from "../router.js";
import { Malformed } from "../wire/fields.js";
import type { Engine } from "./engine.js";
import { Execution } from "./execution.js";

/** A delivery that cannot be worked on. */
export interface Unreadable {
  readonly settlement: Settlement & { readonly kind: "deadLetter" };
  /** The id of its task, so that its waiters learn of it; empty if it cannot be made out. */
  readonly id: string;
}

/** How far into a body to look for its id: clients write the id first. */
const headCharacters = 1_000;
/** Text inside a string has its quotes escaped, so it is not taken for the field. */
const idPattern = /"Id"\s*:\s*"([^"\\]{1,200})"/;

/** The execution of a delivery; if its body cannot be read, the settlement that makes it a dead letter. */
export function readDelivery(engine: Engine, group: string, delivery: Delivery): Execution | Unreadable {
  const { maxMessageBytes, registry, logger } = engine.options;
  const tooLarge = () =>
    unreadable(
      delivery,
      "tooLarge",
      `the message has more than the ${maxMessageBytes} bytes that this server takes`,
    );
  if (isLarger(delivery.body, maxMessageBytes + addedBytes)) return tooLarge();
  let message: Message;
  try {
    message = parseMessage(delivery.body);
    if (message.id === "") throw new Malformed("Id is missing");
  } catch (error) {
    return unreadable(delivery, "malformed", messageOf(error));
  }
  if (isLarger(delivery.body, limitOf(message, maxMessageBytes))) return tooLarge();
  return new Execution(delivery, message, group, registry.find(group, message.name), logger);
}

const unreadable = (delivery: Delivery, reason: DeadLetterReason, error: string): Unreadable => ({
  settlement: { delivery, kind: "deadLetter", reason, error },
  id: idPattern.exec(delivery.body.slice(0, headCharacters))?.[1] ?? "",
});
