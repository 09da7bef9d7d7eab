import type { RabbitMqServer } from "@ytask-internal/test-servers";

/** A queue as the server has it. */
export interface QueueLook {
  readonly name: string;
  /** How many messages it has. */
  readonly messages: number;
  /** How many of them were delivered. */
  readonly taken: number;
}

/** All queues of a RabbitMQ server. */
export async function allQueues(server: RabbitMqServer): Promise<readonly QueueLook[]> {
  const columns = ["name", "messages", "messages_unacknowledged"];
  const listed = await server.control("list_queues", ...columns, "--no-table-headers");
  return listed.split("\n").flatMap((line) => {
    const [name = "", messages, taken] = line.split("\t");
    return messages === undefined ? [] : [{ name, messages: Number(messages), taken: Number(taken) }];
  });
}

/** Whether this is a queue in which a server holds what runs for long. */
export const isHoldingQueue = ({ name }: QueueLook): boolean => name.includes(":held:");

/** All holding queues of a RabbitMQ server. */
export const holdingQueues = async (server: RabbitMqServer): Promise<readonly QueueLook[]> =>
  (await allQueues(server)).filter(isHoldingQueue);
