import { ErrorCode, YTaskError } from "@ytask/core/driver";
import {
  describeUnless,
  type MemcachedServer,
  startMemcached,
  whyNoSasl,
} from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MemcacheBackend, type MemcacheBackendOptions } from "../src/index.js";

const sasl = { username: "ada", password: "correct:horse@battery" };

describeUnless(whyNoSasl(), "a memcached that asks for a password", () => {
  let server: MemcachedServer;
  beforeAll(async () => {
    server = await startMemcached({ sasl });
  });
  afterAll(() => server?.stop());

  const use = async (options: MemcacheBackendOptions) => {
    const backend = new MemcacheBackend(options);
    try {
      await backend.connect();
      return await backend.set([{ key: "YTask:Backend:1", value: "1" }]);
    } finally {
      await backend.close();
    }
  };

  it("is used with the user of the options, of the address and of a memjs client", async () => {
    const { username, password } = sasl;
    const client = {
      servers: [{ host: "127.0.0.1", port: server.port, username, password }],
      getServer: () => 0,
    };
    for (const options of [
      { servers: server.servers, ...sasl },
      { servers: `${username}:${password}@${server.servers}` },
      { client },
    ])
      expect(await use(options)).toEqual([{ kind: "stored" }]);
  });

  it("refuses a wrong password and a missing one, and the error does not tell it", async () => {
    for (const options of [{ username: "ada", password: "guessed-secret" }, {}]) {
      const error = await use({ servers: server.servers, ...options }).catch((thrown: unknown) => thrown);
      expect(YTaskError.isInstance(error, ErrorCode.AccessRefused)).toBe(true);
      expect(String(error)).not.toContain("guessed-secret");
    }
  });
});
