import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Servers } from "./contestant.js";
import type { Figures, Parameters } from "./measurement.js";

/** What a process is asked for: one round. */
export interface RoundRequest {
  readonly contestantName: string;
  readonly measurementName: string;
  readonly servers: Servers;
  readonly parameters: Parameters;
}

export type RoundAnswer = { readonly figures: Figures } | { readonly error: string };

/** The built file: what tsx makes of TypeScript on the way is slower. */
const program = fileURLToPath(new URL("../dist/contestant-main.js", import.meta.url));

/** How long a round may take, in milliseconds: one that hangs must not hold up the others. */
const boundMs = 600_000;

/** A process of its own for each contestant of a measurement, so that none runs on what another left behind. */
export class ContestantProcess {
  readonly #child: ChildProcess;

  /** @param node the Node binary to run it on */
  constructor(node: string) {
    this.#child = fork(program, { execPath: node, execArgv: ["--expose-gc"] });
  }

  /** One round. Rejects where it failed, or the process ended. */
  round(request: RoundRequest): Promise<Figures> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null) => reject(new Error(`the process ended with ${code}`));
      const giveUp = () => reject(new Error(`the round was not over after ${boundMs} ms`));
      const timer = setTimeout(giveUp, boundMs);
      child.once("exit", onExit);
      child.once("message", (answer: RoundAnswer) => {
        clearTimeout(timer);
        child.off("exit", onExit);
        if ("figures" in answer) resolve(answer.figures);
        else reject(new Error(answer.error));
      });
      child.send(request, (error) => error && reject(error));
    });
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }
}
