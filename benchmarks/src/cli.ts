/** `pnpm bench`: see the usage below. */
import { parseArgs } from "node:util";
import { contestantOf, contestants } from "./contestants/index.js";
import { describeMachine, packageVersion } from "./machine.js";
import { measurementOf, measurements } from "./measurements/index.js";
import { findNode22 } from "./node-22.js";
import type { ContestantFacts, MeasurementOutcome, Outcome } from "./outcome.js";
import { comparisons } from "./report/comparisons.js";
import { asText, figureRows } from "./report/table.js";
import { readOutcome, writeJson, writePage } from "./report/write.js";
import { runMeasurement } from "./run.js";
import { TestBed } from "./test-bed.js";

const usage = `pnpm bench [--only NAME,…] [--contestants NAME,…] [--rounds N] [--quick] [--page]
  --only         of the measurements ${Object.keys(measurements).join(", ")}
                 those alone; what the last run found of the others stays
  --contestants  of ${Object.keys(contestants).join(", ")} those alone
  --rounds       how many, default 5
  --quick        small and with 2 rounds: shows that it works; writes nothing
  --page         measures nothing, writes docs/benchmarks.md from benchmarks/results/latest.json`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    contestants: { type: "string" },
    rounds: { type: "string" },
    quick: { type: "boolean", default: false },
    page: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const chosenMeasurements = values.only?.split(",") ?? Object.keys(measurements);
const chosenContestants = values.contestants?.split(",") ?? Object.keys(contestants);
const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));

async function main(): Promise<number> {
  if (values.help) console.log(usage);
  else if (values.page) return writeAgain();
  else {
    chosenMeasurements.forEach(measurementOf);
    chosenContestants.forEach(contestantOf);
    const outcome = await measure();
    if (!values.quick) {
      writeJson(outcome);
      writePage(outcome);
    }
    return hasFailures(outcome) ? 1 : 0;
  }
  return 0;
}

function writeAgain(): number {
  const outcome = readOutcome();
  if (outcome === undefined) console.error("nothing was measured yet: run pnpm bench");
  else writePage(outcome);
  return outcome === undefined ? 1 : 0;
}

async function measure(): Promise<Outcome> {
  const before = values.quick ? undefined : readOutcome();
  const nodes = await nodesOf(chosenContestants);
  const bed = await TestBed.start();
  try {
    const found: Record<string, MeasurementOutcome> = {};
    const settings = {
      bed,
      nodes,
      rounds,
      isQuick: values.quick,
      log: (line: string) => console.error(line),
    };
    const facts = Object.fromEntries(chosenContestants.map((name) => [name, factsOf(name, nodes)]));
    const machine = await describeMachine(bed.redis, bed.rabbitmq);
    const outcome = (): Outcome => ({
      machine,
      command: "pnpm bench",
      contestants: inOrder(contestants, { ...before?.contestants, ...facts }),
      measurements: inOrder(measurements, { ...before?.measurements, ...found }),
    });
    for (const name of chosenMeasurements) {
      const measured = await runMeasurement(name, settings);
      found[name] = measured;
      print(outcome(), measured);
      if (!values.quick) writeJson(outcome());
    }
    console.log(`\n${asText(comparisons(outcome()))}`);
    return outcome();
  } finally {
    await bed.stop();
  }
}

/** The Node binary for each contestant; none for those that want a newer one than there is. */
async function nodesOf(names: readonly string[]): Promise<Record<string, string>> {
  const newer = names.some((name) => contestantOf(name).needsNode22) ? await findNode22() : undefined;
  const pairs = names.map(
    (name) => [name, contestantOf(name).needsNode22 ? newer : process.execPath] as const,
  );
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function factsOf(name: string, nodes: Readonly<Record<string, string>>): ContestantFacts {
  const { name: title, guarantees, isBare = false, packages, needsNode22 } = contestantOf(name);
  const versions = [...packages.map(packageVersion), ...(needsNode22 ? ["on Node 22"] : [])];
  const leftOut = nodes[name] === undefined ? { leftOut: "left out: no Node 22 was found" } : {};
  return { name: title, guarantees, isBare, versions, ...leftOut };
}

/** In the order of the register, whatever was measured first. */
function inOrder<T>(register: object, unordered: Readonly<Record<string, T>>): Record<string, T> {
  const names = Object.keys(register).filter((name) => unordered[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, unordered[name] as T])); // of names that are there
}

function print(outcome: Outcome, measurement: MeasurementOutcome): void {
  const { title, figures, load } = measurement;
  console.log(`\n${title} (load average ${load.map((value) => value.toFixed(1)).join(" → ")})`);
  for (const [name, figure] of Object.entries(figures)) {
    console.log(`\n${figure.title}${figure.unit === "" ? "" : `, ${figure.unit}`}`);
    console.log(asText(figureRows(outcome, measurement, name)));
  }
}

/** Of this run, not of what an earlier one found. */
const hasFailures = ({ measurements: made }: Outcome): boolean =>
  chosenMeasurements.some((name) =>
    made[name]?.cases.some(({ failures }) => Object.keys(failures).length > 0),
  );

process.exit(await main());
