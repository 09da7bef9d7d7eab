import assert from "node:assert/strict";
import type { Outcome, Settlement } from "@ytask/core/driver";

const plainOutcomes: readonly unknown[] = ["settled", "lost", "unknown"];

/**
 * Fails if an outcome is invalid, or does not belong to what was settled: whatever a test is about, core could not go
 * on.
 */
export function checkOutcomes(settlements: readonly Settlement[], outcomes: readonly Outcome[]): void {
  assert.equal(outcomes.length, settlements.length, "settle was to give one outcome for each settlement");
  for (const [index, { kind }] of settlements.entries()) checkOutcome(kind, outcomes[index]);
}

function checkOutcome(kind: Settlement["kind"], outcome: unknown): void {
  if (plainOutcomes.includes(outcome)) return;
  const isRefused = typeof outcome === "object" && outcome !== null && "kind" in outcome;
  assert.ok(isRefused && outcome.kind === "refused", `${String(outcome)} is no outcome of a settlement`);
  assert.ok(
    "error" in outcome && outcome.error instanceof Error,
    "what is refused was to say why, in an Error",
  );
  const { message } = outcome.error;
  assert.equal(kind, "replace", `only a replace may be refused, and this was one of ${kind}: ${message}`);
}
