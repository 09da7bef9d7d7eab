import { type Availability, available, installed, type ServerKind } from "./available.js";
import { describeUnless } from "./unless.js";

const whyNot = (found: Availability): string | undefined => (found.yes ? undefined : found.reason);

/** A `describe` for tests that use a server of this kind; skipped, with the reason, where none can be had. */
export const describeWithServer = (kind: ServerKind, title: string, body: () => void): void =>
  describeUnless(whyNot(available(kind)), title, body);

/** The same for tests that start a server of their own, to kill it or to set it up, whatever the environment names. */
export const describeWithOwnServer = (kind: ServerKind, title: string, body: () => void): void =>
  describeUnless(whyNot(installed(kind)), title, body);
