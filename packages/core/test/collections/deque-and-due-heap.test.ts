import { expect, it } from "vitest";
import { Deque } from "../../src/collections/deque.js";
import { DueHeap } from "../../src/memory/due-heap.js";

/** Numbers that are spread out, and the same in each run. */
const spread = (index: number): number => (index * 7_919) % 1_009;

it("a deque gives back what an array would, over growth, wrapping and emptying", () => {
  const deque = new Deque<number>();
  const model: (number | undefined)[] = [];
  for (let index = 0; index < 20_000; index++) {
    const action = spread(index) % 5;
    const isFilling = Math.floor(index / 4_000) % 2 === 0;
    if (action < (isFilling ? 2 : 1)) {
      deque.pushBack(index);
      model.push(index);
    } else if (action < (isFilling ? 3 : 2)) {
      deque.pushFront(index);
      model.unshift(index);
    } else expect(deque.popFront()).toBe(model.shift());
    expect(deque.length).toBe(model.length);
  }
  while (model.length > 0) expect(deque.popFront()).toBe(model.shift());
  expect(deque.popFront()).toBeUndefined();
});

it("a heap gives what is due, the earliest first, and equals in the order they came", () => {
  const heap = new DueHeap<string>();
  const model: { readonly dueMs: number; readonly item: string }[] = [];
  for (let index = 0; index < 2_000; index++) {
    const dueMs = spread(index) % 100;
    heap.add(dueMs, `${index}`);
    model.push({ dueMs, item: `${index}` });
  }
  model.sort((one, other) => one.dueMs - other.dueMs);
  const takeUntil = (nowMs: number) => {
    const taken: string[] = [];
    for (let item = heap.takeDue(nowMs); item !== undefined; item = heap.takeDue(nowMs)) taken.push(item);
    return taken;
  };
  expect(takeUntil(50)).toEqual(model.filter(({ dueMs }) => dueMs <= 50).map(({ item }) => item));
  expect(heap.nextDueMs).toBe(51);
  expect(takeUntil(100)).toEqual(model.filter(({ dueMs }) => dueMs > 50).map(({ item }) => item));
  expect(heap.length).toBe(0);
});
