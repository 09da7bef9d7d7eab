import type { TaskContext } from "./task-context.js";
import type { TaskOptions } from "./task-options.js";
import type { AnyTask, ContextTask, Returns } from "./types/tasks.js";

const optionsKey: unique symbol = Symbol.for("ytask.options") as never;

/** A task that gets its context before its arguments: to retry, to abort, to watch its signal. */
export function withContext<Args extends unknown[], Returned>(
  run: (context: TaskContext, ...args: Args) => Returned,
): ContextTask<Args, Returned> {
  const task = (context: TaskContext, ...args: Args) => run(context, ...args);
  return Object.assign(task, { "~ytask": "context" as const });
}

/** A task with options of its own, for `server.addAll` or a file of tasks. Options given to `server.add` come first. */
export function withOptions<Task extends AnyTask>(task: Task, options: TaskOptions<Task>): Task {
  const wrapped = (...parameters: Parameters<Task>) => task(...parameters);
  // Whatever marks the task (its context) is kept: the wrapper stands for it in every way.
  return Object.assign(wrapped, task, {
    [optionsKey]: mergeOptions(ownOptions(task), options),
  }) as unknown as Task;
}

/** Several values, as a Go function returns them: `returns(a + b, a - b)`. */
export function returns<const Values extends readonly unknown[]>(...values: Values): Returns<Values> {
  return { "~returns": values };
}

/** The options that `withOptions` gave a task. */
export const ownOptions = (task: AnyTask): TaskOptions | undefined =>
  (task as { [optionsKey]?: TaskOptions })[optionsKey];

/** Options over others: one that is undefined counts as not given. */
export function mergeOptions(own: TaskOptions | undefined, over: TaskOptions | undefined): TaskOptions {
  const given = Object.entries(over ?? {}).filter(([, value]) => value !== undefined);
  return { ...own, ...Object.fromEntries(given) };
}

/** Whether `withContext` made it. */
export const takesContext = (task: AnyTask): boolean => "~ytask" in task && task["~ytask"] === "context";

/** The values of what a task returned: those of `returns`, none for undefined, else the one. */
export function valuesOf(returned: unknown): readonly unknown[] {
  if (returned === undefined) return [];
  const isList = typeof returned === "object" && returned !== null && Object.hasOwn(returned, "~returns");
  return isList ? (returned as Returns<readonly unknown[]>)["~returns"] : [returned];
}
