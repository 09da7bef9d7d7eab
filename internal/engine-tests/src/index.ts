/** What servers and clients do together, as tests that run over every broker. */
export { type EngineDrivers, engineBehaviours } from "./engine-behaviours.js";
