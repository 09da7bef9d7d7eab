import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packages, readManifest, root } from "./packages.js";
import { run } from "./run.js";

const changesetProgram = join(root, "node_modules/@changesets/cli/bin.js");

/** What changesets looks at of this repository, in one that may be changed: manifests, configuration, changesets. */
export class ScratchRepository {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<ScratchRepository> {
    const scratch = new ScratchRepository(await mkdtemp(join(tmpdir(), "ytask-changesets-")));
    const manifests = packages.map(({ folder }) => `${folder}/package.json`);
    for (const path of ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml", ".changeset", ...manifests])
      await cp(join(root, path), join(scratch.#folder, path), { recursive: true });
    await symlink(join(root, "node_modules"), join(scratch.#folder, "node_modules"));
    await writeFile(join(scratch.#folder, ".gitignore"), "node_modules\n");
    await scratch.#git("init", "--quiet", "--initial-branch=main");
    await scratch.commit();
    return scratch;
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.#folder, path)), { recursive: true });
    await writeFile(join(this.#folder, path), text);
  }

  read(path: string): Promise<string> {
    return readFile(join(this.#folder, path), "utf8");
  }

  /** A changeset for one package. */
  addChangeset(name: string, kind: "patch" | "minor" | "major"): Promise<void> {
    return this.write(`.changeset/a-${kind}.md`, `---\n"${name}": ${kind}\n---\n\nA change.\n`);
  }

  async commit(): Promise<void> {
    await this.#git("add", "--all");
    await this.#git("commit", "--quiet", "--message=a change");
  }

  async branch(name: string): Promise<void> {
    await this.#git("switch", "--quiet", "--create", name);
  }

  changeset(...parameters: string[]): Promise<string> {
    return run(process.execPath, [changesetProgram, ...parameters], this.#folder);
  }

  /** The version of each package, by its folder's name. */
  versions(): Readonly<Record<string, string>> {
    const read = (folder: string) => readManifest(join(this.#folder, folder, "package.json"));
    return Object.fromEntries(
      packages.map(({ folder }) => [folder.replace("packages/", ""), read(folder).version]),
    );
  }

  delete(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true });
  }

  #git(...parameters: string[]): Promise<string> {
    const who = ["-c", "user.name=scratch", "-c", "user.email=scratch@localhost"];
    return run("git", [...who, ...parameters], this.#folder);
  }
}
