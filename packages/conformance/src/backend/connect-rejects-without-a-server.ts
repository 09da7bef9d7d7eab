import type { BackendBehaviour } from "./backend-behaviour.js";
import { rejectsUntilMended } from "./rejects-until-mended.js";

export const connectRejectsWithoutAServer: BackendBehaviour = {
  name: "a connect to a server that cannot be reached rejects with `Connection`, and works once it can",
  needs: ["cut"],
  async run(bench) {
    const backend = await bench.create();
    await bench.cut(backend);
    await rejectsUntilMended(bench, backend);
  },
};
