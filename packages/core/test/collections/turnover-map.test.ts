import { expect, it } from "vitest";
import { TurnoverMap } from "../../src/collections/turnover-map.js";

it("a TurnoverMap holds what was added and not deleted, in its order, however much came and went", () => {
  const map = new TurnoverMap<number, string>();
  for (let key = 0; key < 10_000; key++) {
    map.set(key, `${key}`);
    if (key >= 300) expect(map.delete(key - 300)).toBe(true);
  }
  const held = Array.from({ length: 300 }, (_, index) => 9_700 + index);
  expect([...map.keys()]).toEqual(held);
  expect([...map.values()]).toEqual(held.map(String));
  expect(map.size).toBe(300);
  expect(map.get(9_999)).toBe("9999");
  expect(map.has(9_699)).toBe(false);
  expect(map.delete(9_699)).toBe(false);
  map.clear();
  expect(map.size).toBe(0);
});
