import type { Backend } from "@ytask/core/driver";
import { MemoryBackend } from "@ytask/core/memory";
import { backendConformance } from "../src/index.js";
import { Recorder } from "./recorder.js";

/** What a broken backend does otherwise than the in-memory one. */
export type BackendBreak = (inner: Backend) => Partial<Backend>;

/** The conformance kit's tests of a broken backend; of a whole one where nothing is broken. */
export function testsOfBackend(broken: BackendBreak, boundMs: number): Recorder {
  const recorder = new Recorder();
  const shared = new MemoryBackend();
  const inners = new Map<Backend, MemoryBackend>();
  backendConformance(recorder, {
    capabilities: shared.capabilities,
    watch: true,
    boundMs,
    create() {
      const inner = shared.sibling();
      const backend = wrap(inner, broken);
      inners.set(backend, inner);
      return backend;
    },
    connection: {
      cut: (backend) => inners.get(backend)?.disconnect(),
      mend: (backend) => inners.get(backend)?.reconnect(),
      stall: { missing: "there is no network inside a process" },
    },
  });
  return recorder;
}

const wrap = (inner: MemoryBackend, broken: BackendBreak): Backend => ({
  connect: () => inner.connect(),
  set: (entries) => inner.set(entries),
  get: (keys) => inner.get(keys),
  watch: (key, onSet) => inner.watch(key, onSet),
  close: () => inner.close(),
  ...broken(inner),
});
