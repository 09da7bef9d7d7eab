import { Client, type ClientOptions, Server, type ServerOptions, type TaskMap } from "@ytask/core";
import { MemoryBackend, MemoryBroker } from "@ytask/core/memory";
import { onTestFinished } from "vitest";

/** A broker and a backend in memory. */
export const inMemory = () => ({ broker: new MemoryBroker(), backend: new MemoryBackend() });

/** A logger that keeps what was logged, by level. */
export function recordingLogger() {
  const lines: { level: string; message: string; fields: unknown }[] = [];
  const at = (level: string) => (message: string, fields?: unknown) => lines.push({ level, message, fields });
  return { lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** What the README's two demos begin with: a server that runs all groups of a map, and a client. Both end with the test. */
export async function serverAndClient<Tasks extends TaskMap<Tasks>>(
  tasks: Tasks,
  options: ServerOptions & ClientOptions = inMemory(),
): Promise<{ server: Server; client: Client<Tasks> }> {
  const quiet = { logger: recordingLogger(), ...options };
  const server = new Server(quiet);
  // Each test's map is checked where the client of its type sends; a type parameter cannot be checked here.
  server.addAll(tasks as never);
  for (const group of Object.keys(tasks)) await server.run(group, { concurrency: 3 });
  const client = new Client<Tasks>(quiet);
  onTestFinished(async () => {
    await client.close();
    await server.shutdown();
  });
  return { server, client };
}

/** A promise that a test settles itself. */
export function promised<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
