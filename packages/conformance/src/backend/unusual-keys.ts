import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";

/** A task's id may be any text, and the key holds it. */
const suffixes = [
  "my id/ü",
  "my id/u\u0308",
  "my_id/ü",
  "MY ID/ü",
  "my id/ü ",
  " ",
  "  ",
  "tab\tand\nline",
  "\r\nset x 0 0 1\r\n",
  "\u0001\u007f",
  "任务🚀",
  "{braces}",
  "$dollar.dot",
  "__proto__",
  "%20",
  "long ".repeat(100),
  `long ${"long ".repeat(100)}`,
];

export const unusualKeys: BackendBehaviour = {
  name: "a key may hold any characters and be long, and no two keys are taken for one another",
  async run(bench) {
    const backend = await bench.connect();
    const stem = bench.key();
    const keys = suffixes.map((suffix) => bench.keyNamed(`${stem}:${suffix}`));
    await backend.set(keys.map((key) => ({ key, value: key, expiresInSeconds: 300 })));
    assert.deepEqual(await backend.get(keys), keys);
  },
};
