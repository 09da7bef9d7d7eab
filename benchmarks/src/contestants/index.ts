import type { Contestant } from "../contestant.js";
import { bareRabbitMq, bareRabbitMqQuorum, bareRabbitMqQuorumResults } from "./bare-rabbitmq.js";
import { bareRedis } from "./bare-redis.js";
import { beeQueue } from "./bee-queue.js";
import { bullmq } from "./bullmq.js";
import { jobQueue } from "./job-queue.js";
import {
  ytaskMemory,
  ytaskRabbitMq,
  ytaskRabbitMqAlone,
  ytaskRabbitMqQuorum,
  ytaskRabbitMqQuorumAlone,
  ytaskRedis,
  ytaskRedisResults,
} from "./ytask.js";

/** In the order in which they are shown. */
export const contestants: Readonly<Record<string, Contestant>> = {
  "ytask-memory": ytaskMemory,
  "ytask-redis": ytaskRedis,
  "ytask-redis-results": ytaskRedisResults,
  bullmq,
  "bee-queue": beeQueue,
  "job-queue": jobQueue,
  "bare-redis": bareRedis,
  "ytask-rabbitmq": ytaskRabbitMq,
  "ytask-rabbitmq-alone": ytaskRabbitMqAlone,
  "bare-rabbitmq": bareRabbitMq,
  "ytask-rabbitmq-quorum": ytaskRabbitMqQuorum,
  "ytask-rabbitmq-quorum-alone": ytaskRabbitMqQuorumAlone,
  "bare-rabbitmq-quorum": bareRabbitMqQuorum,
  "bare-rabbitmq-quorum-results": bareRabbitMqQuorumResults,
};

/** @param name one of the keys of `contestants` */
export function contestantOf(name: string): Contestant {
  const contestant = contestants[name];
  if (contestant !== undefined) return contestant;
  throw new Error(`there is no contestant ${name}; there are ${Object.keys(contestants).join(", ")}`);
}
