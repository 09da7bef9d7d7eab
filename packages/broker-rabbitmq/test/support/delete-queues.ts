import { connect } from "amqplib";
import { deadQueue, groupQueue } from "../../src/queues/names.js";

/** Deletes what tests left of these groups' queues. Deleting a queue that is not there is no error to RabbitMQ. */
export async function deleteQueues(url: string, queues: readonly string[]): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  for (const queue of queues)
    for (const type of ["classic", "quorum"] as const)
      for (const spec of [groupQueue(queue, type), deadQueue(queue, type)])
        await channel.deleteQueue(spec.name);
  await connection.close();
}
