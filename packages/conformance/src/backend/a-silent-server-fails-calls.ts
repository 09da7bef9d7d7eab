import type { BackendBehaviour } from "./backend-behaviour.js";
import { everyCallFails } from "./every-call-fails.js";

export const aSilentServerFailsCalls: BackendBehaviour = {
  name: "while the server does not answer a set fails, a get rejects, and nothing of it is written later",
  needs: ["stall"],
  run: (bench) => everyCallFails(bench, (backend) => bench.stall(backend)),
};
