import { randomUUID } from "node:crypto";
import {
  describeWithServer,
  type ServerKind,
  sharedMemcached,
  sharedMongo,
  sharedRabbitMq,
  sharedRedis,
} from "@ytask-internal/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Consumer, consumers } from "../src/consumer.js";
import { Project } from "../src/project.js";
import { packAll, type Tarballs } from "../src/tarball.js";

let tarballs: Tarballs;
beforeAll(async () => {
  tarballs = await packAll();
});
afterAll(() => tarballs?.delete());

const clientLibraries = [...new Set(consumers.flatMap(({ library }) => library ?? []))];

const servers: Record<ServerKind, () => Promise<{ address: string; stop(): Promise<void> }>> = {
  redis: async () => withAddress(await sharedRedis()),
  rabbitmq: async () => withAddress(await sharedRabbitMq()),
  mongo: async () => withAddress(await sharedMongo()),
  memcached: async () => {
    const { servers: address, stop } = await sharedMemcached();
    return { address, stop };
  },
};
const withAddress = ({ url, stop }: { url: string; stop(): Promise<void> }) => ({ address: url, stop });

for (const consumer of consumers) {
  describe(`an empty project with ${["@ytask/core", ...consumer.drivers].join(" and ")}`, () => {
    let project: Project;
    beforeAll(async () => {
      project = await Project.install(consumer, tarballs.all);
    });
    afterAll(() => project?.delete());

    it("needs no other client library than the driver's own", async () => {
      const installed = await project.installed();
      const libraries = clientLibraries.filter((name) => installed.includes(name));
      expect(libraries).toEqual(consumer.library === undefined ? [] : [consumer.library]);
    });

    it.each(["node16", "bundler"] as const)("compiles with %s, the packages' types included", (way) =>
      project.typecheck(way),
    );

    if (consumer.library === undefined)
      it("compiles with the oldest TypeScript that the READMEs name", () => project.typecheck("oldest"));

    runsTasks(consumer, () => project);
  });
}

function runsTasks(consumer: Consumer, project: () => Project): void {
  const { server: kind } = consumer;
  const defineTests = (address: () => string) =>
    it.each(["mjs", "cjs"] as const)("runs a task from a .%s file", async (as) => {
      const output = await project().run(as, { ADDRESS: address(), GROUP: `packed-${randomUUID()}` });
      expect(output).toContain("add(123, 44) = 167");
    });
  if (kind === undefined) {
    defineTests(() => "");
    return;
  }
  describeWithServer(kind, `on ${kind}`, () => {
    let server: Awaited<ReturnType<(typeof servers)[ServerKind]>>;
    beforeAll(async () => {
      server = await servers[kind]();
    });
    afterAll(() => server?.stop());
    defineTests(() => server.address);
  });
}
