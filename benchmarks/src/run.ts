import { loadavg } from "node:os";
import { ContestantProcess } from "./contestant-process.js";
import { contestantOf } from "./contestants/index.js";
import type { Case, Figures } from "./measurement.js";
import { measurementOf } from "./measurements/index.js";
import type { CaseOutcome, MeasurementOutcome } from "./outcome.js";
import { type Summary, summaryOf } from "./statistics.js";
import type { TestBed } from "./test-bed.js";

export interface RunSettings {
  readonly bed: TestBed;
  /** The contestants, by their keys, and the Node binary that each runs on. */
  readonly nodes: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly isQuick: boolean;
  readonly log: (line: string) => void;
}

/** Makes one measurement: its cases one after the other, in each the contestants in turn, round by round. */
export async function runMeasurement(name: string, settings: RunSettings): Promise<MeasurementOutcome> {
  const { title, about, figures, cases } = measurementOf(name);
  const loadBefore = loadavg()[0] ?? 0;
  const run = new MeasurementRun(name, settings);
  const outcomes: CaseOutcome[] = [];
  try {
    await run.warmUp();
    for (const each of cases(settings.isQuick)) outcomes.push(await run.runCase(each));
  } finally {
    run.end();
  }
  const load = [loadBefore, loadavg()[0] ?? 0] as const;
  return {
    title,
    about,
    date: new Date().toISOString(),
    rounds: settings.rounds,
    load,
    figures,
    cases: outcomes,
  };
}

class MeasurementRun {
  readonly #name: string;
  readonly #settings: RunSettings;
  readonly #processes = new Map<string, ContestantProcess>();

  constructor(name: string, settings: RunSettings) {
    this.#name = name;
    this.#settings = settings;
  }

  /** Lets each process compile what it will run. */
  async warmUp(): Promise<void> {
    for (const each of measurementOf(this.#name).cases(true))
      for (const contestant of this.#suited(each))
        await this.#round(contestant, each).catch(() => {
          // The rounds that count tell what is wrong.
          this.#endProcess(contestant);
        });
  }

  async runCase(each: Case): Promise<CaseOutcome> {
    const { rounds, log } = this.#settings;
    const found = new Map<string, Figures[]>();
    const failures: Record<string, string> = {};
    const suited = this.#suited(each);
    for (let round = 0; round < rounds; round++) {
      log(`${this.#name}: ${each.label}, round ${round + 1} of ${rounds}`);
      for (const contestant of rotated(suited, round)) {
        if (failures[contestant] !== undefined) continue;
        try {
          const figures = await this.#round(contestant, each);
          found.set(contestant, [...(found.get(contestant) ?? []), figures]);
        } catch (error) {
          failures[contestant] = error instanceof Error ? error.message : String(error);
          log(`${contestant} failed: ${failures[contestant]}`);
          this.#endProcess(contestant);
        }
      }
    }
    const complete = suited.filter((contestant) => failures[contestant] === undefined);
    const results = Object.fromEntries(complete.map((name) => [name, summariesOf(found.get(name) ?? [])]));
    return { label: each.label, results, failures };
  }

  end(): void {
    for (const contestant of this.#processes.keys()) this.#endProcess(contestant);
  }

  #suited({ parameters }: Case): string[] {
    const measurement = measurementOf(this.#name);
    return Object.keys(this.#settings.nodes).filter((name) =>
      measurement.suits(contestantOf(name), parameters),
    );
  }

  async #round(contestantName: string, { parameters }: Case): Promise<Figures> {
    const { bed, nodes } = this.#settings;
    let process = this.#processes.get(contestantName);
    if (process === undefined) {
      process = new ContestantProcess(nodes[contestantName] ?? "node");
      this.#processes.set(contestantName, process);
    }
    await bed.clear();
    const servers = { redisUrl: bed.redis.url, amqpUrl: bed.rabbitmq.url };
    return process.round({ contestantName, measurementName: this.#name, servers, parameters });
  }

  #endProcess(contestant: string): void {
    this.#processes.get(contestant)?.end();
    this.#processes.delete(contestant);
  }
}

/** Each round begins with another one, so that none always follows the same. */
function rotated<T>(items: readonly T[], by: number): T[] {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

function summariesOf(rounds: readonly Figures[]): Record<string, Summary> {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, summaryOf(rounds.map((figures) => figures[name] ?? Number.NaN))]),
  );
}
