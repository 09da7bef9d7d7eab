import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packages, root } from "../src/packages.js";
import { run } from "../src/run.js";
import { packAll, type Tarball, type Tarballs } from "../src/tarball.js";

/** The most that a package weighs, packed: whoever goes beyond it looks what it is that grew. */
const largestKilobytes = 440;

let tarballs: Tarballs;
beforeAll(async () => {
  tarballs = await packAll();
  for (const { manifest, bytes, files } of tarballs.all)
    console.log(`${manifest.name}: ${(bytes / 1024).toFixed(1)} kB packed, ${files.length} files`);
});
afterAll(() => tarballs?.delete());

describe.each(packages.map(({ manifest }) => manifest.name))("the tarball of %s", (name) => {
  let tarball: Tarball;
  beforeAll(() => {
    const found = tarballs.all.find(({ manifest }) => manifest.name === name);
    if (found === undefined) throw new Error(`${name} was not packed`);
    tarball = found;
  });

  it("holds its README, its licence and what was built, and nothing else", async () => {
    const others = tarball.files.filter((file) => !file.startsWith("dist/"));
    expect(others.sort()).toEqual(["LICENSE", "README.md", "package.json"]);
    expect(await tarball.read("LICENSE")).toBe(await readFile(`${root}/LICENSE`, "utf8"));
    expect(await tarball.read("README.md")).toContain(`# ${name}`);
    expect(tarball.bytes / 1024).toBeLessThan(largestKilobytes);
  });

  it("names nothing of the workspace that nobody can install", async () => {
    const { dependencies, peerDependencies } = tarball.manifest;
    for (const [dependency, range] of Object.entries({ ...dependencies, ...peerDependencies })) {
      expect(dependency).not.toContain("ytask-internal");
      expect(range).toMatch(/^\^\d/);
    }
    for (const file of tarball.files.filter((path) => /\.(c?js|d\.c?ts)$/.test(path)))
      expect(await tarball.read(file), file).not.toContain("@ytask-internal/");
  });

  it("is a package that publint finds no fault with", async () => {
    const { messages, pkg } = await publint({
      pack: { tarball: toArrayBuffer(await readFile(tarball.path)) },
      strict: true,
    });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  it("has right types for ESM and CommonJS, in node16 and with a bundler", async () => {
    const attw = fileURLToPath(new URL("../node_modules/.bin/attw", import.meta.url));
    await run(attw, [tarball.path, "--profile", "node16", "--no-emoji", "--no-color"], root);
  });
});

const toArrayBuffer = (buffer: Buffer): ArrayBuffer => new Uint8Array(buffer).buffer;
