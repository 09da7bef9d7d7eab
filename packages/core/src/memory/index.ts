/** Both seams in one process, with nothing to install: for tests, for trying things out, for work that may be lost. */
export { ManualClock } from "./manual-clock.js";
export { MemoryBackend, type MemoryBackendOptions } from "./memory-backend.js";
export { MemoryBroker, type MemoryBrokerOptions } from "./memory-broker.js";
