import type { AnyTask, Returns } from "../types/tasks.js";
import type { TaskOptions } from "./task-options.js";

/** Where `withOptions` puts the options of a task; the same in two copies of this package. */
export const optionsKey: unique symbol = Symbol.for("ytask.options") as never;

/** The options that `withOptions` gave a task. */
export const ownOptions = (task: AnyTask): TaskOptions | undefined =>
  (task as { [optionsKey]?: TaskOptions })[optionsKey];

/** Merges options; those of `over` win. An option that is undefined counts as not given. */
export function mergeOptions(own: TaskOptions | undefined, over: TaskOptions | undefined): TaskOptions {
  const given = Object.entries(over ?? {}).filter(([, value]) => value !== undefined);
  return { ...own, ...Object.fromEntries(given) };
}

/** Whether `withContext` made it. */
export const takesContext = (task: AnyTask): boolean => "~ytask" in task && task["~ytask"] === "context";

/**
 * Marks what `returns` made; the same in two copies of this package. JSON carries no symbols, so an argument that a
 * task returns cannot be mistaken for it.
 */
const returnsKey: unique symbol = Symbol.for("ytask.returns") as never;

export const asReturns = <Values extends readonly unknown[]>(values: Values): Returns<Values> =>
  Object.assign({ "~returns": values }, { [returnsKey]: true });

/** The values that a task returned: those of `returns`, none for undefined, otherwise the one. */
export function valuesOf(returned: unknown): readonly unknown[] {
  if (returned === undefined) return [];
  const isMarked = typeof returned === "object" && returned !== null && Object.hasOwn(returned, returnsKey);
  return isMarked ? (returned as Returns<readonly unknown[]>)["~returns"] : [returned];
}
