import { describe, expect, it } from "vitest";
import { packages } from "../src/packages.js";

const drivers = packages.filter(({ folder }) => /\/(broker|backend)-/.test(folder));

describe.each(packages)("$manifest.name", ({ folder, manifest }) => {
  it("says what it is, where it comes from and whose it may be", () => {
    expect(manifest.description).toMatch(/\w{3}/);
    expect(manifest.keywords).toContain("ytask");
    expect(manifest.license).toBe("MIT");
    expect(manifest.repository).toEqual({
      type: "git",
      url: "git+https://github.com/ytask/ytask-ts.git",
      directory: folder,
    });
  });

  it("says on which Node it runs, and that bundlers may drop what is not used of it", () => {
    expect(manifest.engines).toEqual({ node: ">=20.20.0" });
    expect(manifest.sideEffects).toBe(false);
  });

  it("can be published with provenance, and holds nothing but what was built", () => {
    expect(manifest.publishConfig).toEqual({ access: "public", provenance: true });
    expect(manifest.files).toEqual(["dist"]);
  });
});

it("has the drivers that the documentation names", () => {
  expect(drivers.map(({ manifest }) => manifest.name).sort()).toEqual([
    "@ytask/backend-memcache",
    "@ytask/backend-mongo",
    "@ytask/backend-redis",
    "@ytask/broker-rabbitmq",
    "@ytask/broker-redis",
  ]);
});

describe.each(drivers)("$manifest.name", ({ manifest }) => {
  it("leaves core and its client library to who installs it, each in a stated range", () => {
    const { "@ytask/core": core, ...libraries } = manifest.peerDependencies ?? {};
    // pnpm writes `^` and the version of core into it when it packs.
    expect(core).toBe("workspace:^");
    expect(Object.values(libraries)).toEqual([
      expect.stringMatching(/^\^\d+\.\d+\.\d+( \|\| \^\d+\.\d+\.\d+)*$/),
    ]);
    expect(manifest.dependencies ?? {}).toEqual({});
  });
});
