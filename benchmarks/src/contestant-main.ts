/** The process behind `ContestantProcess`: makes the rounds that it is asked for, one at a time. */
import type { RoundAnswer, RoundRequest } from "./contestant-process.js";
import { contestantOf } from "./contestants/index.js";
import { measurementOf } from "./measurements/index.js";

async function answer(request: RoundRequest): Promise<RoundAnswer> {
  const { contestantName, measurementName, ...rest } = request;
  try {
    globalThis.gc?.();
    const contestant = contestantOf(contestantName);
    const round = { ...rest, contestant, contestantName };
    return { figures: await measurementOf(measurementName).round(round) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

process.on("message", async (request: RoundRequest) => {
  process.send?.(await answer(request));
});
process.on("disconnect", () => process.exit());
