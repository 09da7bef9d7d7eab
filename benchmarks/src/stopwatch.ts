/** What was measured since the stopwatch began. */
export interface Span {
  readonly seconds: number;
  /** Of this process, all threads, in microseconds. */
  readonly cpuMicroseconds: number;
}

/** Begins now; each call of what it returns tells what has passed since. */
export function stopwatch(): () => Span {
  const cpu = process.cpuUsage();
  const start = performance.now();
  return () => {
    const seconds = (performance.now() - start) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    return { seconds, cpuMicroseconds: user + system };
  };
}
