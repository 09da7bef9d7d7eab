import type { BackendBehaviour } from "./backend-behaviour.js";
import { everyCallFails } from "./every-call-fails.js";

export const aCutFailsCalls: BackendBehaviour = {
  name: "while the server cannot be reached a set fails without rejecting, a get rejects, and both work after it",
  needs: ["cut"],
  run: (bench) => everyCallFails(bench, (backend) => bench.cut(backend)),
};
