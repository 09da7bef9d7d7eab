import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));

/** What these checks read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly license?: string;
  readonly repository?: { readonly url: string; readonly directory: string };
  readonly engines?: { readonly node: string };
  readonly sideEffects?: boolean;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly publishConfig?: { readonly access: string; readonly provenance: boolean };
}

export interface Package {
  readonly manifest: Manifest;
  /** Its folder, such as `packages/core`. */
  readonly folder: string;
}

export const readManifest = (path: string): Manifest => JSON.parse(readFileSync(path, "utf8"));

/** The packages that are published. */
export const packages: readonly Package[] = readdirSync(`${root}/packages`)
  .map((name) => `packages/${name}`)
  .map((folder) => ({ folder, manifest: readManifest(`${root}/${folder}/package.json`) }))
  .filter(({ manifest }) => manifest.private !== true);
