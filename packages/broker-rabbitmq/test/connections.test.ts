import { ErrorCode, YTaskError } from "@ytask/core/driver";
import {
  describeWithOwnServer,
  type RabbitMqServer,
  startProxy,
  startRabbitMq,
  waitUntil,
} from "@ytask-internal/test-servers";
import { type ChannelModel, connect, type SocketOptions } from "amqplib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RabbitMqBroker, type RabbitMqBrokerOptions } from "../src/index.js";
import { behindProxy } from "./support/behind-proxy.js";
import { closeBrokers, closeBrokersAfterEach, connected } from "./support/brokers.js";
import { newQueue, Taker } from "./support/taker.js";
import { untilAccepted } from "./support/until-accepted.js";

/** What docs/operations.md says that a user needs: to configure, write, read. */
const permissions = ["^YTask:", "^(YTask:|amq\\.default$)", "^YTask:"];

describeWithOwnServer("rabbitmq", "RabbitMqBroker's connections", () => {
  closeBrokersAfterEach();
  let server: RabbitMqServer;
  let amqps: { readonly url: string; readonly socketOptions: SocketOptions };
  beforeAll(async () => {
    server = await startRabbitMq({ tls: true, config: "max_message_size = 2097152" });
    await server.control("add_user", "worker", "only-for-tests");
    await server.control("set_permissions", "worker", ...permissions);
    const { url, certificateAuthority } = server.tls ?? { url: "", certificateAuthority: "" };
    const authenticated = new URL(url);
    authenticated.username = "worker";
    authenticated.password = "only-for-tests";
    amqps = { url: authenticated.href, socketOptions: { ca: [Buffer.from(certificateAuthority)] } };
  });
  afterAll(() => server.stop());

  /** Sends now and later, takes both, and keeps and lists a dead letter. */
  async function goesAllTheWay(options: RabbitMqBrokerOptions): Promise<void> {
    const queue = newQueue();
    const broker = await connected(options);
    const taker = await Taker.from(broker, queue, { ack: false });
    await broker.send([
      { queue, body: "now" },
      { queue, body: "later", delayMs: 50 },
    ]);
    await taker.untilTaken(["now", "later"]);
    const outcomes = await taker.subscription.settle(
      taker.deliveries.map((delivery) => ({ delivery, kind: "deadLetter", reason: "malformed" })),
    );
    expect(outcomes).toEqual(["settled", "settled"]);
    const letters = await broker.deadLetters(queue).list();
    expect(letters.map(({ body }) => body)).toEqual(["now", "later"]);
    await taker.close();
  }

  it.each(["classic", "quorum"] as const)(
    "use TLS and a user who may use YTask's names only, with %s queues",
    (queueType) => goesAllTheWay({ ...amqps, queueType }),
  );

  it("take a user and a password of any characters", async () => {
    const [user, password] = ["jürgen", "pässwörd:@/日本"];
    await server.control("add_user", user, password);
    await server.control("set_permissions", user, ...permissions);
    for (const text of [
      `${encodeURIComponent(user)}:${encodeURIComponent(password)}`,
      `${user}:pässwörd%3A%40%2F日本`,
    ])
      await goesAllTheWay({ url: server.url.replace(/\/\/[^@]*@/, `//${text}@`) });
  });

  it("name the limit that the server sets", async () => {
    const failure = async (url: string) => {
      const broker = new RabbitMqBroker({ url });
      const error = await broker
        .connect()
        .then(() => broker.send([{ queue: newQueue(), body: "" }]))
        .catch((thrown: unknown) => thrown);
      await broker.close();
      return String(error);
    };
    await server.control("add_vhost", "limited");
    await server.control("set_permissions", "-p", "limited", "guest", ".*", ".*", ".*");
    const limited = `${server.url.replace(/\/$/, "")}/limited`;
    expect(await failure(`${limited}?channelMax=2`)).toContain("raise channelMax");
    await server.control("set_vhost_limits", "-p", "limited", '{"max-queues": 0}');
    expect(await failure(limited)).toContain("as many queues as its limit allows");
    await server.control("set_vhost_limits", "-p", "limited", '{"max-connections": 0}');
    expect(await failure(limited)).toContain("as many connections as its limit allows");
  });

  it("are made again over TLS", async () => {
    const queue = newQueue();
    const broker = await connected(amqps);
    const taker = await Taker.from(broker, queue);
    await server.control("close_all_connections", "a test");
    await untilAccepted(broker, { queue, body: "after" });
    await taker.untilTaken(["after"]);
    await taker.close();
  });

  it("say that a certificate is not trusted, without the password", async () => {
    const error = await new RabbitMqBroker({ url: amqps.url }).connect().catch((error: unknown) => error);
    expect(YTaskError.isInstance(error, ErrorCode.Connection)).toBe(true);
    expect(String(error)).toContain("self-signed certificate");
    expect(String(error)).not.toContain("only-for-tests");
  });

  it("may be the user's own, who closes them", async () => {
    const recovery = { recovery: true } as const;
    const [publish, consume] = await Promise.all([
      connect(server.url, recovery),
      connect(server.url, recovery),
    ]);
    const listeners = () => publish.eventNames().map((event) => [event, publish.listenerCount(event)]);
    const before = listeners();
    await goesAllTheWay({ client: { publish, consume } });
    await goesAllTheWay({ client: publish });
    await closeBrokers();
    expect(listeners()).toEqual(before);
    const channel = await publish.createChannel();
    await channel.close();
    await Promise.all([publish.close(), consume.close()]);
  });

  it("of the user's own are refused where their server is too old, with and without recovery", async () => {
    const makeOld = (model: ChannelModel) => {
      Object.assign(model.connection.serverProperties, { version: "3.9.29" });
    };
    const plain = await connect(server.url);
    makeOld(plain);
    const recovering = await connect(server.url, { recovery: { setup: makeOld } });
    const current = await connect(server.url);
    for (const client of [plain, recovering, { publish: current, consume: plain }]) {
      const error = await new RabbitMqBroker({ client }).connect().catch((thrown: unknown) => thrown);
      expect(YTaskError.isInstance(error, ErrorCode.UnsupportedServer)).toBe(true);
      expect(String(error)).toContain("this is RabbitMQ 3.9.29");
    }
    await Promise.all([plain, recovering, current].map((client) => client.close()));
  });

  it("of the user's own that are closed under a group are told of ever more rarely", async () => {
    const client = await connect(server.url);
    const broker = await connected({ client });
    const taker = await Taker.from(broker, newQueue());
    let opened = 0;
    const createChannel = client.createChannel.bind(client);
    client.createChannel = () => {
      opened++;
      return createChannel();
    };
    await client.close();
    const since = opened;
    // The group, and the channels for questions and declarations, of which one is of the group.
    await waitUntil("it was tried many times", () => opened - since >= 80);
    expect(taker.errors.length).toBeGreaterThanOrEqual(1);
    expect(taker.errors.length).toBeLessThanOrEqual(5);
    await taker.close();
  });

  it("answer users while servers of many groups look at their queues over a slow line", async () => {
    const proxy = await startProxy(server.port);
    const url = `amqp://guest:guest@127.0.0.1:${proxy.port}`;
    const broker = await connected({ url, commandTimeoutMs: 2_000 });
    const queues = Array.from({ length: 40 }, newQueue);
    const takers = await Promise.all(queues.map((queue) => Taker.from(broker, queue)));
    proxy.delay(100);
    for (const queue of queues.slice(0, 8)) {
      expect(await broker.counts(queue)).toMatchObject({ waiting: 0, dead: 0 });
      expect(await broker.deadLetters(queue).purge()).toBe(0);
    }
    proxy.pass();
    await Promise.all(takers.map((taker) => taker.close()));
    await broker.close();
    await proxy.close();
  });

  it("are not said to be broken while a group without work makes its channel anew", async () => {
    const { proxy, url } = await behindProxy(server.url);
    const queue = newQueue();
    const broker = await connected({ url, queueType: "quorum" });
    const consumers = async () => {
      const lines = await server.control("list_consumers", "queue_name", "channel_pid", "--no-table-headers");
      return lines.split("\n").filter((line) => line.includes(queue));
    };
    const subscription = await broker.subscribe(queue, {
      maxUnsettled: 10,
      maxRedeliveries: 25,
      onLost: () => undefined,
      onError: () => undefined,
    });
    const before = await consumers();
    expect(before).toHaveLength(1);
    proxy.delay(100);
    let isRenewed = false;
    const looking = waitUntil("another channel has the consumer", async () => {
      const [now] = await consumers();
      return now !== undefined && now !== before[0];
    }).then(() => {
      isRenewed = true;
    });
    while (!isRenewed) expect(await subscription.receive(1, 20)).toEqual([]);
    await looking;
    proxy.pass();
    await closeBrokers();
    await proxy.close();
  });

  it("name a queue that is full by a policy, and tell that the message is not stored, before and after a break", async () => {
    const queue = newQueue();
    const limit = JSON.stringify({ "max-length": 1, overflow: "reject-publish" });
    await server.control("set_policy", "limit", `^${queue}$`, limit, "--apply-to", "queues");
    const broker = await connected({ url: server.url });
    await broker.send([{ queue, body: "fits" }]);
    const refusal = () =>
      broker.send([{ queue, body: "does not fit" }]).then(
        () => undefined,
        (error: unknown) => error,
      );
    const expected = { notStored: [0], unknown: [], cause: { code: ErrorCode.ServerFull } };
    const error = await refusal();
    expect(error).toMatchObject(expected);
    expect(String(error)).toContain(`${queue} refused the message`);
    await server.control("close_all_connections", "a test");
    await waitUntil("it is refused again", async () => String(await refusal()).includes("refused"));
    expect(await refusal()).toMatchObject(expected);
    await server.control("clear_policy", "limit");
  });

  it("are waited for by a send for a second while they are down, and the error says why they are", async () => {
    const proxy = await startProxy(server.port);
    const queues = Array.from({ length: 4 }, newQueue);
    const broker = await connected({ url: `amqp://guest:guest@127.0.0.1:${proxy.port}` });
    await broker.send(queues.map((queue) => ({ queue, body: "up" })));
    await proxy.close();
    const failures = async () => {
      const sends = queues.map((queue) => broker.send([{ queue, body: "down" }]));
      const sent = await Promise.allSettled(sends);
      return sent.map((one) => String((one as PromiseRejectedResult).reason));
    };
    const refused = (errors: readonly string[]) => errors.every((error) => error.includes("ECONNREFUSED"));
    await waitUntil("the connection is refused", async () => refused(await failures()));
    expect(await failures()).toSatisfy(refused);
  });

  it("keep no process alive once they are closed, where the server had fallen silent", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
    const proxy = await startProxy(server.port);
    const before = timers();
    const broker = await connected({ url: `amqp://guest:guest@127.0.0.1:${proxy.port}` });
    proxy.swallow();
    await broker.close();
    await waitUntil("nothing is left that waits", () => timers() <= before, { timeoutMs: 10_000 });
    await proxy.close();
  });

  it("survive a message above the server's limit, which is an error to its sender alone", async () => {
    const queue = newQueue();
    const broker = await connected({ url: server.url });
    const taker = await Taker.from(broker, queue);
    const others = Array.from({ length: 100 }, (_, index) => `${index}`);
    const [refused] = await Promise.allSettled([
      broker.send([{ queue, body: "x".repeat(3_000_000) }]),
      ...others.map((body) => broker.send([{ queue, body }])),
    ]);
    expect(refused).toMatchObject({ status: "rejected", reason: { notStored: [0], unknown: [] } });
    const { cause } = (refused as PromiseRejectedResult).reason as YTaskError;
    expect(YTaskError.isInstance(cause, ErrorCode.TooLarge)).toBe(true);
    expect(String(cause)).toContain("max_message_size");
    await taker.untilTaken(others);
    await broker.send([{ queue, body: "x".repeat(1_500_000) }]);
    await taker.close();
  });

  it("know the server's limit from the first message above it, and lose no channel to others", async () => {
    const setLimit = (bytes: number) =>
      server.control("eval", `application:set_env(rabbit, max_message_size, ${bytes}).`);
    await setLimit(65_536);
    const queue = newQueue();
    const broker = await connected({ url: server.url });
    const send = (body: string) => broker.send([{ queue, body }]);
    const large = "x".repeat(100_000);
    const tooLarge = { code: ErrorCode.SendMessage, notStored: [0], cause: { code: ErrorCode.TooLarge } };
    await expect(send(large)).rejects.toMatchObject(tooLarge);
    await send("small");
    const small = Array.from({ length: 100 }, (_, index) => `${index}`);
    const sends = small.flatMap((body, index) => (index === 50 ? [send(large), send(body)] : [send(body)]));
    const sent = await Promise.allSettled(sends);
    expect(sent.flatMap((one, index) => (one.status === "rejected" ? [index] : []))).toEqual([50]);
    expect(sent[50]).toMatchObject({ reason: tooLarge });
    await setLimit(2_097_152);
  });
});
