/** The part of a test runner that the kit needs. vitest, jest, mocha and node:test have it: pass `{ describe, it }`. */
export interface TestRunner {
  describe(title: string, define: () => void): unknown;
  readonly it: DefineTest;
}

/** Defines a test. node:test and mocha ignore `timeoutMs`; the kit bounds each test itself too. */
export interface DefineTest {
  (title: string, run: () => Promise<void>, timeoutMs?: number): unknown;
  skip(title: string, run: () => Promise<void>): unknown;
}
