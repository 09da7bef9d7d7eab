import { describe } from "vitest";
import { type Availability, available, installed, type ServerKind } from "./available.js";

const describeIf = (found: Availability, title: string, body: () => void): void => {
  // The reason is part of the name: every reporter shows it, and the run's last lines are made from it.
  if (found.yes) describe(title, body);
  else describe.skip(`${title} (skipped: ${found.reason})`, body);
};

/** A `describe` for tests that use a server of this kind; skipped, with the reason, where none can be had. */
export const describeWithServer = (kind: ServerKind, title: string, body: () => void): void =>
  describeIf(available(kind), title, body);

/** The same for tests that start a server of their own, to kill it or to set it up, whatever the environment names. */
export const describeWithOwnServer = (kind: ServerKind, title: string, body: () => void): void =>
  describeIf(installed(kind), title, body);
