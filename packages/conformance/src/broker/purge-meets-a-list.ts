import assert from "node:assert/strict";
import type { BrokerBehaviour } from "./broker-behaviour.js";
import { deadLetterAll } from "./dead-letter-all.js";
import { numbered } from "./messages.js";

const count = 150;
const rounds = 6;

export const purgeMeetsAList: BrokerBehaviour = {
  name: "dead letters that are being listed are counted and purged as any others",
  async run(bench) {
    const { broker, queue, subscriber } = await bench.start();
    const letters = broker.deadLetters(queue);
    const expectDead = async (expected: number) => {
      const { dead } = await broker.counts(queue);
      if (dead !== undefined) assert.equal(dead, expected, "the dead letters that are counted");
    };
    for (let round = 0; round < rounds; round++) {
      await deadLetterAll(broker, queue, subscriber, numbered(count));
      assert.equal((await letters.list({ limit: count })).length, count);
      await expectDead(count);
      const listing = bench.soon("a list during a purge", letters.list({ limit: count }));
      // More calls each round, so that some purges meet the list at its beginning, and others later.
      for (let call = 0; call < round; call++) await broker.counts(queue);
      assert.equal(await letters.purge(), count, "the dead letters that were purged");
      await listing;
      await expectDead(0);
      assert.deepEqual(await letters.list(), []);
    }
  },
};
