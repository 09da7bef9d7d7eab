import type { BackendBehaviour } from "./backend-behaviour.js";
import { put } from "./put.js";

export const aWatchOutlivesACut: BackendBehaviour = {
  name: "a watch goes on when a broken connection is back",
  needs: ["watch", "cut"],
  async run(bench) {
    const backend = await bench.connect();
    const other = await bench.connect();
    const key = bench.key();
    let told = 0;
    await backend.watch(key, () => void told++);
    await bench.cut(backend);
    await bench.mend(backend);
    await bench.eventually("the watch tells again", async () => {
      await put(other, { key, value: "1", expiresInSeconds: 300 });
      return told > 0;
    });
  },
};
