import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { pages, root } from "../src/pages.js";

const shown = pages.flatMap((page) =>
  page.blocks
    .filter(({ info }) => info.startsWith("file="))
    .map(({ info, code }) => ({ page: page.path, file: info.slice("file=".length), code })),
);

it.each(shown)("$page shows $file as it is", ({ file, code }) => {
  expect(code).toBe(readFileSync(join(root, file), "utf8"));
});

describe.each(pages)("$path", ({ path, text }) => {
  it("links to nothing of this repository that is not there", () => {
    const targets = [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ({ 1: to = "" }) => to,
    );
    const missing = targets.filter((target) => !existsSync(join(root, dirname(path), target)));
    expect(missing).toEqual([]);
  });
});
