import { defineConfig } from "vitest/config";

// A busy machine takes many times as long as an idle one over the few tests that compute a lot.
export default defineConfig({ test: { testTimeout: 60_000 } });
