import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The path of the first executable file called `name` in PATH's folders and then in `alsoIn`. */
export const findProgram = (name: string, alsoIn: string[] = []): string | undefined =>
  [...(process.env.PATH ?? "").split(delimiter), ...alsoIn]
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(isExecutable);
