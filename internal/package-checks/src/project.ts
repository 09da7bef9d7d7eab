import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import ts from "typescript";
import { type Consumer, programOf } from "./consumer.js";
import { root } from "./packages.js";
import { run } from "./run.js";
import type { Tarball } from "./tarball.js";

/** How the project of somebody who uses the packages is compiled. */
const compilers = {
  node16: { module: "node16", moduleResolution: "node16" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
  /** The oldest TypeScript that the READMEs name. Client libraries' types may ask for a newer one. */
  oldest: { module: "node16", moduleResolution: "node16", lib: ["es2023"] },
} as const;

/** An empty project outside of the workspace, into which npm installs a driver. */
export class Project {
  readonly #folder: string;
  readonly #program: string;

  private constructor(folder: string, program: string) {
    this.#folder = folder;
    this.#program = program;
  }

  static async install(consumer: Consumer, tarballs: readonly Tarball[]): Promise<Project> {
    const folder = await mkdtemp(join(tmpdir(), "ytask-consumer-"));
    const wanted = ["@ytask/core", ...consumer.drivers];
    const packed = tarballs.filter(({ manifest }) => wanted.includes(manifest.name));
    const { library } = consumer;
    const manifest = {
      private: true,
      dependencies: {
        ...Object.fromEntries(packed.map(({ manifest: { name }, path }) => [name, `file:${path}`])),
        // As who installs it gets it: the newest that the driver works with.
        ...(library === undefined ? {} : { [library]: rangeOf(library, packed) }),
      },
      devDependencies: { "@types/node": "^20.19.0", "oldest-typescript": "npm:typescript@~5.0.0" },
    };
    await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
    await run(
      "npm",
      ["install", "--prefer-offline", "--no-audit", "--no-fund", "--strict-peer-deps"],
      folder,
    );
    return new Project(folder, programOf(consumer));
  }

  /** The names in its node_modules. */
  async installed(): Promise<readonly string[]> {
    const names = await readdir(join(this.#folder, "node_modules"));
    const scoped = await readdir(join(this.#folder, "node_modules/@ytask"));
    return [...names, ...scoped.map((name) => `@ytask/${name}`)];
  }

  /** What the program prints, run as an ES module or as CommonJS. */
  async run(as: "mjs" | "cjs", environment: Readonly<Record<string, string>>): Promise<string> {
    const module = as === "mjs" ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS;
    const { outputText } = ts.transpileModule(this.#program, {
      compilerOptions: { module, target: ts.ScriptTarget.ES2022 },
    });
    await writeFile(join(this.#folder, `main.${as}`), outputText);
    return run(process.execPath, [`main.${as}`], this.#folder, environment);
  }

  /** Type-checks the program, the packages' own types included; rejects with what is wrong. */
  async typecheck(compiler: keyof typeof compilers): Promise<void> {
    // A bundler's resolution does not tell CommonJS; the others check both.
    const files = compiler === "bundler" ? ["main.mts"] : ["main.mts", "main.cts"];
    for (const file of files) await writeFile(join(this.#folder, file), this.#program);
    const compilerOptions = {
      target: "es2022",
      lib: ["es2023", "esnext.disposable"],
      ...compilers[compiler],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      types: ["node"],
    };
    await writeFile(join(this.#folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    const typescript = compiler === "oldest" ? "oldest-typescript" : join(root, "node_modules/typescript");
    // As a module of the project, or by its own path.
    const compile = resolve(this.#folder, "node_modules", typescript, "bin/tsc");
    await run(process.execPath, [compile, "-p", "."], this.#folder);
  }

  delete(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }
}

function rangeOf(library: string, drivers: readonly Tarball[]): string {
  const ranges = drivers.flatMap(({ manifest }) => manifest.peerDependencies?.[library] ?? []);
  const [range] = ranges;
  if (range === undefined) throw new Error(`no driver names ${library} as a peer dependency`);
  return range;
}
