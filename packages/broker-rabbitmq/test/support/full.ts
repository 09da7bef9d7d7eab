import { itUnless } from "@ytask-internal/test-servers";

/** Whether the tests that take long run too. */
export const isFull = process.env.YTASK_TEST_FULL !== undefined && process.env.YTASK_TEST_FULL !== "";

/** How often a test does what must hold twenty times in a row. */
export const rounds = (quick: number): number => (isFull ? 20 : quick);

/** A test that takes long; where it is skipped, its title says why. */
export function itWhenFull(title: string, timeout: number, body: () => Promise<void>): void {
  itUnless(isFull ? undefined : "it takes long; set YTASK_TEST_FULL", title, body, timeout);
}
