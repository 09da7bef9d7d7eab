import type { Behaviour } from "../behaviour.js";
import * as aborts from "./aborts.js";
import * as besideGo from "./beside-go.js";
import * as callbacks from "./callbacks.js";
import * as concurrency from "./concurrency.js";
import * as deadLetters from "./dead-letters.js";
import * as delays from "./delays.js";
import * as expiry from "./expiry.js";
import * as lostLeases from "./lost-leases.js";
import * as retries from "./retries.js";
import * as schemas from "./schemas.js";
import * as shutdown from "./shutdown.js";
import * as timeLimits from "./time-limits.js";
import * as values from "./values.js";
import * as workflows from "./workflows.js";

/** All behaviours, in the order of the files. */
export const behaviours: readonly Behaviour[] = [
  values,
  retries,
  delays,
  expiry,
  concurrency,
  shutdown,
  deadLetters,
  aborts,
  timeLimits,
  callbacks,
  workflows,
  schemas,
  lostLeases,
  besideGo,
].flatMap((file): Behaviour[] => Object.values(file));
