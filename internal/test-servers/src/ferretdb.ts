import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const sources = fileURLToPath(new URL("../ferretdb", import.meta.url));
const cache = fileURLToPath(new URL("../../../.cache/ferretdb", import.meta.url));
const oldestGo = { major: 1, minor: 24 };

// Go would otherwise fetch a newer one of itself where it is too old, which takes longer than the tests.
const goEnvironment = { ...process.env, GOTOOLCHAIN: "local" };

/** Where the program of the present sources is, once it is built. */
const programPath = (): string => {
  const hash = createHash("sha256");
  for (const file of ["main.go", "go.mod", "go.sum"]) hash.update(readFileSync(join(sources, file)));
  return join(cache, hash.digest("hex").slice(0, 16));
};

/** Why FerretDB can be neither found nor built here; undefined where it can. */
export const whyNoFerretDb = (): string | undefined => {
  if (existsSync(programPath())) return undefined;
  const needs = `building FerretDB needs Go ${oldestGo.major}.${oldestGo.minor} or later`;
  let version: string;
  try {
    version = execFileSync("go", ["version"], {
      cwd: "/",
      env: goEnvironment,
      encoding: "utf8",
      stdio: "pipe",
    });
  } catch {
    return `${needs}, and no go is on PATH`;
  }
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(version) ?? [];
  const isNewEnough = Number(major) === oldestGo.major && Number(minor) >= oldestGo.minor;
  return isNewEnough ? undefined : `${needs}, and PATH has ${version.trim()}`;
};

/**
 * The path of the FerretDB program, built where its sources changed since the last time: about a minute the first
 * time, some seconds from Go's cache.
 *
 * @throws Error with the compiler's output.
 */
export const ferretDbProgram = async (): Promise<string> => {
  const program = programPath();
  if (existsSync(program)) return program;
  await mkdir(cache, { recursive: true });
  // Renamed once complete, so that whoever looks for it in the meantime never finds half a program.
  const unfinished = `${program}.${process.pid}`;
  try {
    await promisify(execFile)("go", ["build", "-buildvcs=false", "-o", unfinished, "."], {
      cwd: sources,
      env: goEnvironment,
    });
    await rename(unfinished, program);
  } finally {
    await rm(unfinished, { force: true });
  }
  return program;
};
