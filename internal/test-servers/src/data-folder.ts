import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { guardFolder } from "./guard.js";

/** A new folder that is deleted by `remove`, or when this process dies before that. */
export interface DataFolder {
  path: string;
  remove(): Promise<void>;
}

export const dataFolder = (name: string): DataFolder => {
  const path = mkdtempSync(join(tmpdir(), `ytask-${name}-`));
  const release = guardFolder(path);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
      release();
    },
  };
};
