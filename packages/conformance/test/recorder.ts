import type { TestRunner } from "../src/index.js";

interface Recorded {
  readonly title: string;
  readonly run: () => Promise<void>;
  readonly isSkipped: boolean;
}

/** What became of a test: undefined where it passed. */
export type Failure = { readonly error: unknown } | undefined;

/** A test runner that records what is defined, and runs it when it is told to: all at once. */
export class Recorder implements TestRunner {
  readonly tests: Recorded[] = [];
  readonly it = Object.assign(
    (title: string, run: () => Promise<void>) => void this.tests.push({ title, run, isSkipped: false }),
    {
      skip: (title: string, run: () => Promise<void>) =>
        void this.tests.push({ title, run, isSkipped: true }),
    },
  );

  describe(_title: string, define: () => void): void {
    define();
  }

  /** What became of each test that is not skipped, or of those whose titles begin with one of `names`. */
  async run(names: readonly string[] = [""]): Promise<ReadonlyMap<string, Failure>> {
    const chosen = this.tests.filter(
      ({ title, isSkipped }) => !isSkipped && names.some((name) => title.startsWith(name)),
    );
    return new Map(
      await Promise.all(
        chosen.map(({ title, run }) =>
          run().then(
            (): [string, Failure] => [title, undefined],
            (error: unknown): [string, Failure] => [title, { error }],
          ),
        ),
      ),
    );
  }
}
