import { describe, it } from "vitest";

// The reason is part of the name: every reporter shows it, and the run's last lines are made from it.
const withReason = (title: string, reason: string): string => `${title} (skipped: ${reason})`;

/** A `describe`; skipped where there is a reason why its tests cannot run, which its title then ends with. */
export const describeUnless = (whyNot: string | undefined, title: string, body: () => void): void => {
  if (whyNot === undefined) describe(title, body);
  else describe.skip(withReason(title, whyNot), body);
};

/** The same for one test. `timeoutMs`: how long it may take, where not as long as any. */
export const itUnless = (
  whyNot: string | undefined,
  title: string,
  body: () => Promise<void>,
  timeoutMs?: number,
): void => {
  if (whyNot === undefined) it(title, body, timeoutMs);
  else it.skip(withReason(title, whyNot), body);
};
