import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { packageCommands } from "../src/commands.js";
import { pages, root } from "../src/pages.js";

/** These run the script of their name. */
const runScripts = ["start", "test"];
const commands = pages.flatMap(packageCommands);
const bare = commands.filter(({ program, word }) => program === "pnpm" && !runScripts.includes(word));

const answers = new Map<string, Promise<boolean>>();

/** Whether the word is a command of pnpm's own, which comes before a script of that name. */
function isOfPnpm(word: string): Promise<boolean> {
  const known = answers.get(word);
  if (known !== undefined) return known;
  const answer = promisify(execFile)("pnpm", ["help", word]).then(
    ({ stdout }) => !stdout.includes(`No results for "${word}"`),
  );
  answers.set(word, answer);
  return answer;
}

describe("a command that a page shows", () => {
  const named = commands.flatMap(({ page, text, word, next, scripts }) => {
    if (word === "run") return [{ page, text, script: next ?? "", scripts }];
    return runScripts.includes(word) ? [{ page, text, script: word, scripts }] : [];
  });
  it.each(named)("names a script that there is: $text, in $page", ({ script, scripts }) => {
    expect([...scripts]).toContain(script);
  });

  it.each(bare)("is either pnpm's own or a script: $text, in $page", async ({ word, scripts }) => {
    expect({ pnpm: await isOfPnpm(word), script: scripts.has(word) }).toEqual(
      scripts.has(word) ? { pnpm: false, script: true } : { pnpm: true, script: false },
    );
  });

  const withFiles = commands.filter(({ files }) => files.length > 0);
  it.each(withFiles)("names files that there are: $text, in $page", ({ files }) => {
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});
