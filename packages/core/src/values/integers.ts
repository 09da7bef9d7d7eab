const least = -(2n ** 63n);
const largest = 2n ** 64n - 1n;

/** Whether Go's int64 or uint64 holds a whole number. */
export const has64Bits = (integer: bigint): boolean => integer >= least && integer <= largest;
