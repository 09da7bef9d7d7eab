import { readFileSync } from "node:fs";
import { cpus, platform, release, totalmem } from "node:os";
import type { RabbitMqServer, RedisServer } from "@ytask-internal/test-servers";
import type { Machine } from "./outcome.js";

export async function describeMachine(redis: RedisServer, rabbitmq: RabbitMqServer): Promise<Machine> {
  const info = await redis.command("INFO", "server");
  return {
    date: new Date().toISOString(),
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release().split("-")[0]}`,
    node: process.versions.node,
    redis: /redis_version:(\S+)/.exec(info)?.[1] ?? "unknown",
    rabbitmq: (await rabbitmq.control("version")).trim(),
  };
}

/** "name version" of a package that the benchmarks depend on. */
export function packageVersion(name: string): string {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  const { version } = JSON.parse(readFileSync(file, "utf8"));
  return `${name} ${version}`;
}
