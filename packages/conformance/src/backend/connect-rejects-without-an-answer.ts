import type { BackendBehaviour } from "./backend-behaviour.js";
import { rejectsUntilMended } from "./rejects-until-mended.js";

export const connectRejectsWithoutAnAnswer: BackendBehaviour = {
  name: "a connect to a server that does not answer rejects with `Connection`, and works once it answers",
  needs: ["stall"],
  async run(bench) {
    const backend = await bench.create();
    await bench.stall(backend);
    await rejectsUntilMended(bench, backend);
  },
};
