import type { Result } from "../results/result.js";
import type { AnyTask, TaskArgs, TaskValues } from "../types/tasks.js";
import type { Backoff } from "./backoff.js";
import type { StandardSchemaV1 } from "./standard-schema.js";

/** How a task is run, whoever sends it. */
export interface TaskOptions<Task = AnyTask, Checked extends readonly unknown[] = readonly unknown[]> {
  /** Retries after the first attempt, if the sender named none. Default 3. */
  readonly retryCount?: number | undefined;
  /** How long to wait before each retry. Default: 1 s doubling up to 60 s, 20 % jitter. `false` retries at once. */
  readonly backoff?: Backoff | undefined;
  /**
   * Milliseconds after which the task's signal fires. An attempt that ends within a second of that is retried; one that
   * goes on has failed for good. Default: the broker's `defaultTimeoutMs` (RabbitMQ: 25 minutes), otherwise no limit.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Checks the list of arguments before each run, as `z.tuple([…])`; what it returns is what the task gets. Any Standard
   * Schema. Arguments that it refuses fail the task for good.
   */
  readonly schema?: StandardSchemaV1<unknown, Checked> | undefined;
  /**
   * Called after the task, or a step of a workflow, has finished on this server: once, or again after a crash. What it
   * throws is logged and changes nothing.
   */
  readonly onComplete?: Callbacks<Task>["onComplete"] | undefined;
}

/** A method, so that a callback may name its parameters more narrowly than the task's types do. */
interface Callbacks<Task> {
  onComplete(
    result: Result<TaskValues<Task>>,
    ...args: TaskArgs<Task> extends infer Args extends readonly unknown[] ? Args : never
  ): void | Promise<void>;
}

/**
 * Refuses a task that does not take what its schema gives; otherwise unknown. It accepts a schema that says less than
 * the task, such as a list of anything, and any schema if nothing is known about the task's arguments.
 */
export type CheckSchema<Task, Checked extends readonly unknown[]> = [TaskArgs<Task>] extends [never[]]
  ? unknown
  : ((...args: TaskArgs<Task>) => void) extends (...args: Checked) => void
    ? unknown
    : [Readonly<TaskArgs<Task>>] extends [Readonly<Checked>]
      ? unknown
      : { error: "the task does not take what its schema gives"; gives: Checked; takes: TaskArgs<Task> };
