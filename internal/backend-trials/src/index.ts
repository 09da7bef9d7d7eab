export { latenessOfWaiters } from "./lateness.js";
export { type Outage, outage } from "./outage.js";
