import { describe } from "vitest";
import { brokersThatFailLater } from "./brokers-that-fail-later.js";
import { catchesEach } from "./catches-each.js";

describe.concurrent("the kit on brokers whose fault shows after a while", () =>
  catchesEach(brokersThatFailLater));
