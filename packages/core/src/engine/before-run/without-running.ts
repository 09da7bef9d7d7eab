import type { Settlement } from "../../broker.js";
import { PermanentError } from "../../errors.js";
import { queueKey } from "../../keys.js";
import { isExpired, serializeMessage } from "../../message.js";
import { type Conclusion, conclude, fail, type Route } from "../conclude.js";
import type { Engine } from "../engine.js";
import type { Execution } from "../execution.js";
import { settlementIfDone } from "./already-done.js";
import type { Known } from "./inspect.js";

/** A task that no server knows is put back for a minute: a rolling deploy may bring the server that does. */
const unknownTaskMs = 60_000;
const firstUnknownPauseMs = 1_000;
const longestUnknownPauseMs = 15_000;

/**
 * What becomes of a delivery whose task need not, or must not, be started: it is done, succeeded here too late, was
 * aborted, has expired, was delivered too often, or is unknown here. Undefined if it is to run.
 */
export function withoutRunning(
  engine: Engine,
  execution: Execution,
  known: Known,
  route: Route,
): Settlement | Conclusion | undefined {
  const { clock, maxRedeliveries } = engine.options;
  const { delivery, message, task } = execution;
  const now = clock.now();
  const done = settlementIfDone(execution, known.result, route, now);
  if (done !== undefined) return done;
  const late = engine.lateSuccesses.take(execution);
  if (late !== undefined) return conclude(execution, { kind: "returned", values: late }, route, now);
  if (known.isAborted) return conclude(execution, { kind: "aborted", reason: undefined }, route, now);
  if (isExpired(message, now)) return conclude(execution, { kind: "expired" }, route, now);
  if (delivery.redeliveries > maxRedeliveries) {
    const why = `delivered ${delivery.redeliveries + 1} times and never settled: ${suspicion(engine)}`;
    return fail(execution, new PermanentError(why), "redeliveredTooOften");
  }
  return task === undefined ? unknownTask(engine, execution) : undefined;
}

const suspicion = (engine: Engine): string =>
  engine.options.broker.capabilities.exactRedeliveryCount === true
    ? "it may be what ends the servers that run it"
    : "it may be what ends the servers that run it, or they were shut down as often while it ran, which this broker counts too";

function unknownTask(engine: Engine, execution: Execution): Settlement | Conclusion {
  const { message, delivery, group } = execution;
  const { logger, wireVersion } = engine.options;
  const soFarMs = message.extra.unknownForMs ?? 0;
  if (soFarMs >= unknownTaskMs)
    return fail(
      execution,
      new PermanentError(
        `no server of group ${group} knew the task ${JSON.stringify(message.name)} for a minute`,
      ),
      "unknownTask",
    );
  const pauseMs = Math.min(
    Math.max(firstUnknownPauseMs, soFarMs),
    longestUnknownPauseMs,
    unknownTaskMs - soFarMs,
  );
  if (soFarMs === 0)
    logger.warn("a task is unknown here; it is put back for a minute, for a server that knows it", {
      id: message.id,
      group,
      name: message.name,
    });
  const again = { ...message, extra: { ...message.extra, unknownForMs: soFarMs + pauseMs } };
  // Delayed by the broker, whatever time the message carries, so that it stays in this group's queue.
  const outgoing = {
    queue: queueKey(group, wireVersion),
    body: serializeMessage(again, wireVersion),
    delayMs: pauseMs,
  };
  return { delivery, kind: "replace", by: [outgoing] };
}
