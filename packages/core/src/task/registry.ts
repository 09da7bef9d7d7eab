import { checkName, checkOptions, invalid, rules } from "../check-options.js";
import { checkGroup } from "../keys.js";
import type { AnyTask } from "../types/tasks.js";
import { checkBackoff } from "./backoff.js";
import { mergeOptions, ownOptions, takesContext } from "./marks.js";
import { isStandardSchema } from "./standard-schema.js";
import type { TaskOptions } from "./task-options.js";

/** A task as the engine calls it. */
export interface RegisteredTask {
  readonly group: string;
  readonly name: string;
  // Only the caller that registered it knows its parameters: the wire carries no types.
  readonly run: (...parameters: unknown[]) => unknown;
  readonly takesContext: boolean;
  readonly options: TaskOptions;
}

const taskRules = {
  retryCount: rules.count,
  backoff: rules.any,
  timeoutMs: rules.positiveMilliseconds,
  onComplete: rules.function,
  schema: (value: unknown) =>
    isStandardSchema(value) ? undefined : "a Standard Schema, such as one of zod, valibot or arktype",
};

/** The tasks of a server, by group and name. */
export class Registry {
  readonly #groups = new Map<string, Map<string, RegisteredTask>>();

  /**
   * @throws YTaskError `InvalidArgument` for a name that is refused or taken, a task that is not a function, or bad
   * options
   */
  add(group: unknown, name: unknown, task: unknown, options: TaskOptions | undefined): void {
    checkGroup(group);
    checkName(name, "a task's name");
    const place = `task ${group}/${name}: options`;
    if (typeof task !== "function") throw invalid(`the task ${group}/${name} must be a function`);
    checkOptions(options, taskRules, place);
    const own = ownOptions(task as AnyTask);
    checkOptions(own, taskRules, place);
    const merged = mergeOptions(own, options);
    checkBackoff(merged.backoff, `${place}.backoff`);
    const tasks = this.#groups.get(group) ?? new Map<string, RegisteredTask>();
    if (tasks.has(name)) throw invalid(`the task ${group}/${name} was added before; give each its own name`);
    this.#groups.set(group, tasks);
    tasks.set(name, {
      group,
      name,
      run: task as RegisteredTask["run"],
      takesContext: takesContext(task as AnyTask),
      options: merged,
    });
  }

  /**
   * As `add`, for each task of a map `{ group: { name: task } }`.
   * @throws YTaskError `InvalidArgument` also for a group that is not a plain object
   */
  addAll(tasks: unknown): void {
    if (!isObject(tasks)) throw invalid("server.addAll: give a map { group: { name: task } }");
    for (const [group, named] of Object.entries(tasks)) {
      if (!isPlain(named))
        throw invalid(
          `server.addAll: the group ${group} must be a plain object { name: task }; ` +
            "of a class, give its methods one by one: { name: (...args) => service.name(...args) }",
        );
      for (const [name, task] of Object.entries(named)) this.add(group, name, task, undefined);
    }
  }

  find(group: string, name: string): RegisteredTask | undefined {
    return this.#groups.get(group)?.get(name);
  }

  has(group: string): boolean {
    return this.#groups.has(group);
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Whether all properties of an object are its own: what a class keeps in its prototype would not be registered. The
 * object of `import * as tasks` has no prototype, and a plain object of another realm has a different prototype from
 * ours.
 */
function isPlain(value: unknown): value is object {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
