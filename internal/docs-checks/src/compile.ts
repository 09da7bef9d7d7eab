import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { Block, Page } from "./pages.js";

/** A folder for blocks: inside of this package, so that imports find what it has installed. */
const folderFor = (purpose: "compile" | "check" | "run") =>
  fileURLToPath(new URL(`../.cache/${purpose}/`, import.meta.url));
const given = fileURLToPath(new URL("given.d.ts", import.meta.url));

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  noEmit: true,
  types: ["node"],
};

/** Where a block is written: under the name that its first line gives, so that others of its page can import it. */
function nameOf(block: Block): string {
  return /^\/\/ ([\w-]+\.ts)\n/.exec(block.code)?.[1] ?? `line-${block.line}.ts`;
}

/**
 * Writes a page's blocks as files, for one purpose or the other: those of different tests must not meet.
 *
 * @param change what becomes of the code, such as another URL in it
 */
export function writeBlocks(
  page: Page,
  purpose: "compile" | "check" | "run",
  change: (code: string) => string = (code) => code,
): ReadonlyMap<Block, string> {
  const folder = join(folderFor(purpose), page.path);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const compiled = page.blocks.filter(({ info }) => !info.startsWith("file="));
  const files = new Map(compiled.map((block) => [block, join(folder, nameOf(block))]));
  for (const [block, file] of files) writeFileSync(file, change(block.code));
  return files;
}

/** What the compiler finds wrong in the pages' blocks, by page: each with its line on the page. */
export function compile(pages: readonly Page[]): Map<Page, readonly string[]> {
  writeDriver();
  const written = new Map(pages.map((page) => [page, writeBlocks(page, "compile")]));
  const files = [...written.values()].flatMap((blocks) => [...blocks.values()]);
  const program = ts.createProgram([given, ...files], options);
  return new Map(
    [...written].map(([page, blocks]) => [
      page,
      [...blocks].flatMap(([block, file]) => {
        const source = program.getSourceFile(file);
        return ts
          .getPreEmitDiagnostics(program, source)
          .map((diagnostic) => describe(page, block, diagnostic));
      }),
    ]),
  );
}

/** The driver whose tests packages/conformance/README.md shows. */
function writeDriver(): void {
  const file = join(folderFor("compile"), "packages/conformance/src/index.ts");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    'export { RedisBroker } from "@ytask/broker-redis";\nexport { MemcacheBackend } from "@ytask/backend-memcache";\n',
  );
}

function describe(page: Page, block: Block, { file, start = 0, messageText }: ts.Diagnostic): string {
  const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line;
  return `${page.path}:${block.line + line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
}
