import { setTimeout as sleep } from "node:timers/promises";
import type { TcpProxy } from "@ytask-internal/test-servers";

/** Drops every byte for a time, and then every connection, as a network that comes back does. */
export async function swallowFor(proxies: readonly TcpProxy[], forMs: number): Promise<void> {
  for (const proxy of proxies) proxy.swallow();
  await sleep(forMs);
  for (const proxy of proxies) {
    proxy.pass();
    proxy.cutAll();
  }
}
