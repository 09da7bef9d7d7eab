import { afterEach, beforeEach, expect, it } from "vitest";
import { ScratchRepository } from "../src/scratch-repository.js";

let repository: ScratchRepository;
beforeEach(async () => {
  repository = await ScratchRepository.make();
});
afterEach(() => repository?.delete());

it("refuses a change to a package that has no changeset, and takes it with one", async () => {
  await repository.changeset("version");
  await repository.commit();
  await repository.branch("change");
  await repository.write("packages/core/src/new.ts", "export {};\n");
  await repository.commit();
  await expect(repository.changeset("status", "--since=main")).rejects.toThrow(/no changesets were found/);

  await repository.addChangeset("@ytask/core", "patch");
  await repository.commit();
  await repository.changeset("status", "--since=main");
});

it("asks for no changeset where only tests change", async () => {
  await repository.branch("change");
  await repository.write("packages/core/test/new.test.ts", "export {};\n");
  await repository.commit();
  await repository.changeset("status", "--since=main");
});

it("gives drivers no release for a new feature of core, and a major one where a seam breaks", async () => {
  await repository.changeset("version");
  const released = repository.versions();
  expect(new Set(Object.values(released))).toEqual(new Set(["1.0.0"]));
  expect(await repository.read("packages/broker-redis/CHANGELOG.md")).toContain("The first release");

  await repository.addChangeset("@ytask/core", "minor");
  await repository.changeset("version");
  expect(repository.versions()).toEqual({ ...released, core: "1.1.0" });

  await repository.addChangeset("@ytask/core", "major");
  await repository.changeset("version");
  expect(new Set(Object.values(repository.versions()))).toEqual(new Set(["2.0.0"]));
});
