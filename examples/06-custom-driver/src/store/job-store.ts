import { randomUUID } from "node:crypto";
import { JsonFile } from "./json-file.js";

/** A job, at its place in its queue. It stays there while somebody holds it, and is there when it is given back. */
export interface Job {
  readonly id: string;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly dueAt: number;
  /** How often its holder died. */
  deaths: number;
  holder: string | null;
}

/** A job that was given up, with what was noted about it. */
export interface DeadJob<Note> {
  readonly id: string;
  readonly body: string;
  readonly note: Note;
  readonly at: number;
}

export interface NewJob {
  readonly queue: string;
  readonly body: string;
  readonly front?: boolean | undefined;
  readonly delayMs?: number | undefined;
}

/** What to do with a held job: give it back, or remove it, dead-letter it with a note, or put others in its place. */
export interface Change<Note> {
  readonly id: string;
  readonly giveBack?: boolean;
  readonly deadLetter?: Note;
  readonly put?: readonly NewJob[];
}

interface Queue<Note> {
  jobs: Job[];
  dead: DeadJob<Note>[];
}

interface Jobs<Note> {
  readonly queues: Record<string, Queue<Note>>;
  /** Until when each holder counts as alive. */
  readonly leases: Record<string, number>;
}

/**
 * The queue server of this example. It stands for a real one and its client library: it knows nothing of YTask, and
 * a driver's author finds it as it is. Each call is one transaction; all throw what the file system throws.
 */
export class JobStore<Note> {
  readonly #file: JsonFile<Jobs<Note>>;

  constructor(path: string) {
    this.#file = new JsonFile(path);
  }

  create(): void {
    this.#file.create({ queues: {}, leases: {} });
  }

  put(jobs: readonly NewJob[]): void {
    this.#file.transaction((all) => put(all, jobs));
  }

  /** Up to `limit` jobs that are due, which `holder` then holds for as long as it renews its lease. */
  reserve(queue: string, holder: string, limit: number): readonly Job[] {
    return this.#file.transaction((all) => {
      takeFromTheDead(all, queue);
      const free = queueOf(all, queue).jobs.filter((job) => job.holder === null && job.dueAt <= Date.now());
      const reserved = free.slice(0, limit);
      for (const job of reserved) job.holder = holder;
      return reserved;
    });
  }

  /** Changes held jobs. Returns for each whether it was the holder's; if it was not, nothing happens. */
  change(queue: string, holder: string, changes: readonly Change<Note>[]): readonly boolean[] {
    return this.#file.transaction((all) => {
      const held = heldBy(queueOf(all, queue), holder);
      const gone = new Set<Job>();
      const wasHeld = changes.map((change) => {
        const job = held.get(change.id);
        if (job === undefined) return false;
        held.delete(change.id);
        if (change.giveBack) job.holder = null;
        else gone.add(job);
        put(all, change.put ?? []);
        if (change.deadLetter !== undefined)
          queueOf(all, queue).dead.push({
            id: job.id,
            body: job.body,
            note: change.deadLetter,
            at: Date.now(),
          });
        return true;
      });
      queueOf(all, queue).jobs = queueOf(all, queue).jobs.filter((job) => !gone.has(job));
      return wasHeld;
    });
  }

  /** Prolongs the holder's lease; returns the ids of what it still holds. */
  renew(queue: string, holder: string, leaseMs: number): ReadonlySet<string> {
    return this.#file.transaction((all) => {
      all.leases[holder] = Date.now() + leaseMs;
      return new Set(heldBy(queueOf(all, queue), holder).keys());
    });
  }

  /** Gives back everything that the holder holds. */
  leave(queue: string, holder: string): void {
    this.#file.transaction((all) => {
      for (const job of heldBy(queueOf(all, queue), holder).values()) job.holder = null;
      delete all.leases[holder];
    });
  }

  /** How many jobs can be reserved, are not due, are held and are dead. */
  count(queue: string): { free: number; early: number; held: number; dead: number } {
    const { jobs, dead } = queueOf(this.#file.read(), queue);
    const held = jobs.filter(({ holder }) => holder !== null).length;
    const early = jobs.filter(({ dueAt }) => dueAt > Date.now()).length;
    return { free: jobs.length - held - early, early, held, dead: dead.length };
  }

  /** The oldest first. */
  dead(queue: string): readonly DeadJob<Note>[] {
    return queueOf(this.#file.read(), queue).dead;
  }

  /** Removes dead jobs that are still there, and puts what `replace` makes of them; resolves to how many. */
  takeDead(
    queue: string,
    ids: ReadonlySet<string>,
    replace: (job: DeadJob<Note>) => readonly NewJob[],
  ): number {
    return this.#file.transaction((all) => {
      const { dead } = queueOf(all, queue);
      const chosen = dead.filter(({ id }) => ids.has(id));
      put(all, chosen.flatMap(replace));
      queueOf(all, queue).dead = dead.filter(({ id }) => !ids.has(id));
      return chosen.length;
    });
  }
}

function queueOf<Note>({ queues }: Jobs<Note>, name: string): Queue<Note> {
  queues[name] ??= { jobs: [], dead: [] };
  return queues[name];
}

function put<Note>(all: Jobs<Note>, added: readonly NewJob[]): void {
  for (const { queue, body, front = false, delayMs = 0 } of added) {
    // One more than asked, since the present millisecond has begun.
    const dueAt = delayMs > 0 ? Math.ceil(Date.now() + delayMs) + 1 : 0;
    const job: Job = { id: randomUUID(), body, dueAt, deaths: 0, holder: null };
    const { jobs } = queueOf(all, queue);
    if (front) jobs.unshift(job);
    else jobs.push(job);
  }
}

const heldBy = <Note>({ jobs }: Queue<Note>, holder: string): Map<string, Job> =>
  new Map(jobs.filter((job) => job.holder === holder).map((job) => [job.id, job]));

function takeFromTheDead<Note>(all: Jobs<Note>, queue: string): void {
  for (const [holder, until] of Object.entries(all.leases))
    if (until <= Date.now()) delete all.leases[holder];
  for (const job of queueOf(all, queue).jobs) {
    if (job.holder === null || job.holder in all.leases) continue;
    job.holder = null;
    job.deaths++;
  }
}
