/** The contract of YTask's two seams as tests, for any test runner. */
export { backendConformance } from "./backend-conformance.js";
export { brokerConformance } from "./broker-conformance.js";
export type { Connection, ConnectionClaim } from "./connection.js";
export type { DefineTest, TestRunner } from "./runner.js";
export type { BackendSetUp, BrokerSetUp, SetUp } from "./set-up.js";
export { type Gated, throughGates } from "./through-gates.js";
