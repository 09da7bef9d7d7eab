import { mergeOptions, optionsKey, ownOptions } from "./marks.js";
import type { TaskContext } from "./task-context.js";
import type { TaskOptions } from "./task-options.js";
import type { AnyTask, ContextTask, Returns } from "./types/tasks.js";

/**
 * A task that gets its context before its arguments: to retry, to abort, to watch its signal. Write the type of a
 * parameter that has a default too, `b: number = 2`: TypeScript infers none there.
 */
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
