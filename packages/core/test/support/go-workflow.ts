import { queueKey, serializeMessage } from "../../src/wire/index.js";
import type { World } from "./world.js";

/**
 * Sends a workflow as a Go client does, which does not number its steps: task `step` in each of these groups, given 1.
 *
 * @param runAfterMs the delay of each step, which the first is past
 */
export async function sendGoWorkflow(
  world: World,
  id: string,
  groups: readonly [string, ...string[]],
  runAfterMs = 0,
): Promise<void> {
  const step = { name: "step", retryCount: 3, expireTime: undefined };
  const workflow = groups.map((group) => ({ ...step, group, runAfterMs }));
  const message = { ...step, id, args: ["1"], runTime: undefined, extra: {}, workflow };
  const broker = world.broker();
  await broker.connect();
  await broker.send([{ queue: queueKey(groups[0]), body: serializeMessage(message) }]);
}
