import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put, read } from "./put.js";

export const unlessPresentKeeps: BackendBehaviour = {
  name: "`unless: present` stores where nothing is, and keeps what is there until it expires",
  async run(bench) {
    const backend = await bench.connect();
    const other = await bench.connect();
    const key = bench.key();
    const entry = { key, expiresInSeconds: 1, unless: "present" } as const;
    assert.equal(await put(backend, { ...entry, value: "first" }), "stored");
    const lasting = bench.key();
    assert.equal(await put(backend, { key: lasting, value: "first" }), "stored");
    assert.equal(await put(other, { key: lasting, value: "second", unless: "present" }), "kept");
    assert.equal(await read(other, lasting), "first");
    await bench.eventually("what expired is stored anew", async () => {
      return (await put(backend, { ...entry, value: "second", expiresInSeconds: 300 })) === "stored";
    });
    assert.equal(await read(backend, key), "second");
  },
};
