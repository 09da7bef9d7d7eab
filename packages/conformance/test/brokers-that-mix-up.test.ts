import { describe } from "vitest";
import { brokersThatMixUp } from "./brokers-that-mix-up.js";
import { catchesEach } from "./catches-each.js";

describe.concurrent("the kit on brokers that take one message for another", () =>
  catchesEach(brokersThatMixUp));
