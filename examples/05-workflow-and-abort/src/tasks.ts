import { setTimeout as sleep } from "node:timers/promises";
import { PermanentError, withContext, withOptions } from "@ytask/core";
import { z } from "zod";

export interface Order {
  id: string;
  total: number;
}

const checkOrder = withOptions(
  (order: Order) => {
    if (order.total > 1_000) throw new PermanentError(`order ${order.id} is above the limit`);
    return order;
  },
  // Arguments come from outside: a schema refuses what does not fit, without a retry.
  { schema: z.tuple([z.object({ id: z.string(), total: z.number().positive() })]) },
);

/** Takes ten seconds, unless it is told to stop. */
const slowly = withContext(async (context, what: string) => {
  try {
    await sleep(10_000, undefined, { signal: context.signal });
    return `${what} is done`;
  } finally {
    if (context.signal.aborted) console.log(`tidying up behind "${what}"`);
  }
});

export const tasks = {
  shop: { checkOrder, charge: (order: Order) => `charged ${order.total} for order ${order.id}` },
  mail: { sendReceipt: (text: string) => `mailed: ${text}` },
  work: { slowly: withOptions(slowly, { timeoutMs: 30_000 }) },
};
export type Tasks = typeof tasks;
