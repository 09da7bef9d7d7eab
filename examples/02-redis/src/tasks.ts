import { withContext, withOptions } from "@ytask/core";

/** Fails until its third attempt, to show a retry. */
const unsteady = withContext((context, text: string) => {
  if (context.attempt < 3) return context.retry(new Error(`attempt ${context.attempt} failed`));
  return `${text}, at attempt ${context.attempt}`;
});

export const tasks = {
  group1: {
    add: (a: number, b: number) => a + b,
    unsteady: withOptions(unsteady, { backoff: { kind: "fixed", initialMs: 200 } }),
  },
};
export type Tasks = typeof tasks;
