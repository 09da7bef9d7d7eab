import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Page, root } from "./pages.js";

/** A command of npm or pnpm that a page shows. */
export interface PackageCommand {
  readonly page: string;
  readonly text: string;
  readonly program: string;
  /** The first word that is no flag, such as `run` or a script's name. */
  readonly word: string;
  /** The word behind it. */
  readonly next: string | undefined;
  /** The scripts of the package in whose folder it is run. */
  readonly scripts: ReadonlySet<string>;
  /** The files that it names, as paths from the root. */
  readonly files: readonly string[];
}

/** The commands of npm and pnpm in a page's blocks of `sh`, and in the code of its tables. */
export function packageCommands(page: Page): readonly PackageCommand[] {
  const inBlocks = [...page.text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(({ 1: block = "" }) =>
    block.split("\n"),
  );
  const inTables = [...page.text.matchAll(/^\|.*$/gm)].flatMap(([row]) =>
    [...row.matchAll(/`([^`]+)`/g)].map(({ 1: code = "" }) => code),
  );
  return [...inBlocks, ...inTables].flatMap((line) => commandsOfLine(page.path, line.replace(/ +#.*/, "")));
}

function commandsOfLine(page: string, line: string): readonly PackageCommand[] {
  // A page outside of any package, as in docs/, means the root.
  let folder = existsSync(join(root, dirname(page), "package.json")) ? dirname(page) : ".";
  return line.split("&&").flatMap((text): PackageCommand[] => {
    const [program = "", ...rest] = text.trim().split(/\s+/);
    if (program === "cd") folder = rest[0] ?? ".";
    if (program !== "npm" && program !== "pnpm") return [];
    const isFiltered = rest[0] === "--filter";
    const [word = "", next] = isFiltered ? rest.slice(2) : rest;
    const runsIn = isFiltered ? `packages/${rest[1]?.replace("@ytask/", "")}` : folder;
    const files = rest.filter((argument) => /\.[cm]?[jt]s$/.test(argument)).map((file) => join(runsIn, file));
    return [{ page, text: text.trim(), program, word, next, scripts: scriptsIn(runsIn), files }];
  });
}

function scriptsIn(folder: string): ReadonlySet<string> {
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
    readonly scripts?: Readonly<Record<string, string>>;
  }; // npm and pnpm refuse any other
  return new Set(Object.keys(manifest.scripts ?? {}));
}
