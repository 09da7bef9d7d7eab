/** Whether the tests that take long run too. */
export const isFull = process.env.YTASK_TEST_FULL !== undefined && process.env.YTASK_TEST_FULL !== "";

/** How often a test does what must hold twenty times in a row. */
export const rounds = (quick: number): number => (isFull ? 20 : quick);
