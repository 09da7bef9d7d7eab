import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Package, packages, readManifest, root } from "./packages.js";
import { run } from "./run.js";

/** A package as it would be uploaded. */
export interface Tarball extends Package {
  readonly path: string;
  readonly bytes: number;
  /** The paths of its files, such as `dist/index.js`. */
  readonly files: readonly string[];
  /** The text of one of its files. */
  read(file: string): Promise<string>;
}

export interface Tarballs {
  readonly all: readonly Tarball[];
  delete(): Promise<void>;
}

/** Packs every published package as `pnpm publish` would; they must have been built. */
export async function packAll(): Promise<Tarballs> {
  const folder = await mkdtemp(join(tmpdir(), "ytask-packages-"));
  const all: Tarball[] = [];
  for (const each of packages) all.push(await pack(each, folder));
  return { all, delete: () => rm(folder, { recursive: true, force: true }) };
}

async function pack({ folder, manifest }: Package, into: string): Promise<Tarball> {
  const path = join(into, `${manifest.name.replace("@", "").replace("/", "-")}-${manifest.version}.tgz`);
  await run("pnpm", ["pack", "--pack-destination", into], join(root, folder));
  const unpacked = await mkdtemp(join(into, "unpacked-"));
  await run("tar", ["-xzf", path, "-C", unpacked], into);
  const list = await run("tar", ["-tzf", path], into);
  const files = list.split("\n").filter((name) => name !== "" && !name.endsWith("/"));
  return {
    folder,
    manifest: readManifest(join(unpacked, "package/package.json")),
    path,
    bytes: (await stat(path)).size,
    files: files.map((name) => name.replace(/^package\//, "")),
    read: (file) => readFile(join(unpacked, "package", file), "utf8"),
  };
}
