import { startProxy, type TcpProxy } from "@ytask-internal/test-servers";

/** Starts a proxy in front of a server; `url` is the server's through it. */
export async function behindProxy(serverUrl: string): Promise<{ proxy: TcpProxy; url: string }> {
  const url = new URL(serverUrl);
  const proxy = await startProxy(Number(url.port || 5_672), url.hostname);
  url.port = `${proxy.port}`;
  return { proxy, url: url.href };
}
