import { randomUUID } from "node:crypto";
import { RedisBackend } from "@ytask/backend-redis";
import { RabbitMqBroker } from "@ytask/broker-rabbitmq";
import { describeWithServer, sharedRabbitMq, sharedRedis } from "@ytask-internal/test-servers";
import { engineBehaviours } from "../src/index.js";
import { Gates } from "./gates.js";

describeWithServer("rabbitmq", "with RabbitMQ", () => {
  describeWithServer("redis", "and results in Redis", () => {
    engineBehaviours("RabbitMQ", async () => {
      const [rabbitMq, redis] = await Promise.all([sharedRabbitMq(), sharedRedis()]);
      const gates = new Gates(rabbitMq.url, (url) => new RabbitMqBroker({ url }));
      return {
        ...gates.drivers,
        backend: () => new RedisBackend({ url: redis.url }),
        uniqueGroup: () => `engine-${randomUUID()}`,
        async stop() {
          await gates.close();
          await Promise.all([rabbitMq.stop(), redis.stop()]);
        },
      };
    });
  });
});
