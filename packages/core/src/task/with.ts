import { invalid } from "../check-options.js";
import type { AnyTask, ContextTask, Returns } from "../types/tasks.js";
import { asReturns, mergeOptions, optionsKey, ownOptions } from "./marks.js";
import type { TaskContext } from "./task-context.js";
import type { CheckSchema, TaskOptions } from "./task-options.js";

/**
 * A task that gets its context before its arguments: to retry, to abort, to watch its signal. It keeps options that
 * `withOptions` gave the function. Write out the type of a parameter with a default, `b: number = 2`, because
 * TypeScript does not infer it there.
 *
 * @throws YTaskError `InvalidArgument` for anything that is not a function
 */
export function withContext<Args extends unknown[], Returned>(
  run: (context: TaskContext, ...args: Args) => Returned,
): ContextTask<Args, Returned> {
  if (typeof run !== "function") throw invalid("withContext: the task must be a function");
  const task = (context: TaskContext, ...args: Args) => run(context, ...args);
  return Object.assign(task, { "~ytask": "context" as const, [optionsKey]: ownOptions(run) });
}

/**
 * A task with options of its own, for `server.addAll` or a file of tasks. Options given to `server.add` come first. A
 * schema that gives what the task does not take does not compile.
 *
 * @throws YTaskError `InvalidArgument` for anything that is not a function; `server.add` throws for wrong options
 */
export function withOptions<Task extends AnyTask, Checked extends readonly unknown[] = readonly unknown[]>(
  task: Task & CheckSchema<Task, Checked>,
  options: TaskOptions<Task, Checked>,
): Task {
  if (typeof task !== "function") throw invalid("withOptions: the task must be a function");
  const wrapped = (...parameters: Parameters<Task>) => task(...parameters);
  // The marks of the task (its context) are kept: the wrapper stands for the task in every way.
  return Object.assign(wrapped, task, {
    [optionsKey]: mergeOptions(ownOptions(task), options),
  }) as unknown as Task;
}

/** Several values, as a Go function returns them: `returns(a + b, a - b)`. */
export function returns<const Values extends readonly unknown[]>(...values: Values): Returns<Values> {
  return asReturns(values);
}
