import { describe } from "vitest";
import { brokersThatBreakOff } from "./brokers-that-break-off.js";
import { catchesEach } from "./catches-each.js";

// In a file, and so a process, of its own: looking for moments to cut at takes time from tests of what is early.
describe.concurrent("the kit on brokers whose calls are cut short", () => catchesEach(brokersThatBreakOff));
