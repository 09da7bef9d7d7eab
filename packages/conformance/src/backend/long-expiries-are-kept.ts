import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put, read } from "./put.js";

const daySeconds = 86_400;

export const longExpiriesAreKept: BackendBehaviour = {
  name: "an expiry of more than 30 days, or of years, is kept",
  async run(bench) {
    const backend = await bench.connect();
    // memcached takes more than 30 days for a date in 1970; 25 days in milliseconds exceed 31 bits, 50 days exceed 32.
    const entries = [26, 31, 51, 366, 3_660].map((days) => ({
      key: bench.key(`-${days}`),
      value: `${days} days`,
      expiresInSeconds: days * daySeconds,
    }));
    for (const entry of entries) assert.equal(await put(backend, entry), "stored");
    // Long enough for a store that counts seconds to find that one has passed.
    await sleep(1_200);
    for (const { key, value } of entries) assert.equal(await read(backend, key), value);
  },
};
