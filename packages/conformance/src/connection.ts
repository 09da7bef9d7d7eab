import type { Capability } from "@ytask/core/driver";

/** How a test takes away a driver's connection to its server. `throughGates` makes one for any server on TCP. */
export interface Connection<Driver> {
  /**
   * From now on nothing passes between this driver and its server: what is open breaks, and no new connection is made.
   * To the server this looks like a crash of the driver's process.
   */
  cut(driver: Driver): void | Promise<void>;
  /** Ends `cut` and `stall`: the driver connects again by itself. */
  mend(driver: Driver): void | Promise<void>;
  /**
   * From now on nothing passes, but nothing breaks either, as with a server that never answers. Or why that is not
   * possible.
   */
  readonly stall: ((driver: Driver) => void | Promise<void>) | { readonly missing: string };
}

/** A connection, or why there is none to take away. */
export type ConnectionClaim<Driver> = Connection<Driver> | { readonly missing: string };

/** What can be done to a connection, as capabilities. */
export function connectionCapabilities<Driver>(
  claim: ConnectionClaim<Driver>,
): Record<"cut" | "stall", Capability> {
  if ("missing" in claim) return { cut: claim, stall: claim };
  return { cut: true, stall: typeof claim.stall === "function" ? true : claim.stall };
}
