import type { Delivery, Settlement } from "../broker.js";
import { messageOf } from "../errors.js";
import { type Message, parseMessage } from "../message.js";
import { Malformed } from "../wire/fields.js";
import type { Engine } from "./engine.js";
import { Execution } from "./execution.js";
import { extraBytes, isLarger } from "./router.js";

/** A delivery that cannot be worked on: no task, no id to store a result under. */
export type Unreadable = Settlement & { readonly kind: "deadLetter" };

/** The execution of a delivery; where its body cannot be read, the settlement that makes it a dead letter. */
export function readDelivery(engine: Engine, group: string, delivery: Delivery): Execution | Unreadable {
  const { maxMessageBytes, registry, logger } = engine.options;
  if (isLarger(delivery.body, maxMessageBytes + extraBytes))
    return {
      delivery,
      kind: "deadLetter",
      reason: "tooLarge",
      error: `the message has more than the ${maxMessageBytes} bytes that this server takes`,
    };
  let message: Message;
  try {
    message = parseMessage(delivery.body);
    if (message.id === "") throw new Malformed("Id is missing");
  } catch (error) {
    return { delivery, kind: "deadLetter", reason: "malformed", error: messageOf(error) };
  }
  return new Execution(delivery, message, group, registry.find(group, message.name), logger);
}
