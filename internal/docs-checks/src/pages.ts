import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A block of code on a page. */
export interface Block {
  /** What follows the language, as `run` or `file=…`. */
  readonly info: string;
  readonly code: string;
  /** The line of the page at which the code begins, from 1. */
  readonly line: number;
}

export interface Page {
  /** Its path from the root, such as `docs/architecture.md`. */
  readonly path: string;
  readonly text: string;
  /** Its TypeScript. */
  readonly blocks: readonly Block[];
}

const fence = /^```ts\b *(.*)\n([\s\S]*?)^```$/gm;

function readPage(path: string): Page {
  const text = readFileSync(root + path, "utf8");
  const blocks = [...text.matchAll(fence)].map(({ 1: info = "", 2: code = "", index }) => ({
    info: info.trim(),
    code,
    line: text.slice(0, index).split("\n").length + 1,
  }));
  return { path, text, blocks };
}

const inFolder = (folder: string): readonly string[] =>
  readdirSync(root + folder)
    .filter((name) => name.endsWith(".md"))
    .map((name) => (folder === "" ? name : `${folder}/${name}`));

const readmesIn = (folder: string): readonly string[] =>
  readdirSync(root + folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => inFolder(`${folder}/${entry.name}`));

/** Every page of documentation. */
export const pages: readonly Page[] = [
  ...inFolder(""),
  ...inFolder("docs"),
  ...inFolder("examples"),
  ...inFolder("internal"),
  ...readmesIn("examples"),
  ...readmesIn("packages").filter((name) => !name.endsWith("CHANGELOG.md")),
].map(readPage);
