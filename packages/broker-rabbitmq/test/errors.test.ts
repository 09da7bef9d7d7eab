import { ErrorCode, SendFailed, YTaskError } from "@ytask/core/driver";
import { describeWithServer, waitUntil } from "@ytask-internal/test-servers";
import { connect } from "amqplib";
import { describe, expect, inject, it } from "vitest";
import { RabbitMqBroker } from "../src/index.js";
import { groupQueue } from "../src/queues/names.js";
import { closeBrokersAfterEach, connected } from "./support/brokers.js";
import { deadLetterAll } from "./support/dead-letter-all.js";
import { deleteQueues } from "./support/delete-queues.js";
import { newQueue, Taker } from "./support/taker.js";

const failureOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it did not reject",
    (error: unknown) => error,
  );

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);

describeWithServer("rabbitmq", "RabbitMqBroker's errors", () => {
  closeBrokersAfterEach();
  const url = () => new URL(inject("amqpUrl"));

  it("say that the credentials are wrong, without telling them", async () => {
    const wrong = url();
    wrong.username = "nobody";
    wrong.password = "a-secret";
    const error = await failureOf(new RabbitMqBroker({ url: wrong.href }).connect());
    expect(YTaskError.isInstance(error, ErrorCode.AccessRefused)).toBe(true);
    expect(String(error)).not.toContain("a-secret");
  });

  it("say that a virtual host is missing", async () => {
    const wrong = url();
    wrong.pathname = "/no-such-host";
    const error = await failureOf(new RabbitMqBroker({ url: wrong.href }).connect());
    expect(YTaskError.isInstance(error, ErrorCode.AccessRefused)).toBe(true);
    expect(String(error)).toContain("virtual host");
  });

  it("name a queue that somebody else declared with other arguments, while other groups go on", async () => {
    const foreign = newQueue();
    const ours = newQueue();
    const connection = await connect(url().href);
    const channel = await connection.createChannel();
    await channel.assertQueue(foreign, { durable: true });
    const broker = await connected({ url: url().href });
    const taker = await Taker.from(broker, ours);

    const subscribing = await failureOf(Taker.from(broker, foreign));
    expect(YTaskError.isInstance(subscribing, ErrorCode.UnsupportedServer)).toBe(true);
    expect(String(subscribing)).toContain(foreign);
    const sending = await failureOf(
      broker.send([
        { queue: ours, body: "goes on" },
        { queue: foreign, body: "cannot be sent" },
      ]),
    );
    expect(SendFailed.isInstance(sending)).toBe(true);
    expect(sending).toMatchObject({ notStored: [1], unknown: [] });
    await broker.send([{ queue: ours, body: "goes on too" }]);
    await taker.untilTaken(["goes on", "goes on too"]);
    expect(taker.lost).toEqual([]);

    await taker.close();
    await connection.close();
    await deleteQueues(url().href, [foreign, ours]);
  });

  it.each([
    ["is exclusive to another connection", true],
    ["has a consumer that wants it for itself", false],
  ])("name a queue that %s, which is no lack of rights", async (_, exclusive) => {
    const queue = newQueue();
    const connection = await connect(url().href);
    const channel = await connection.createChannel();
    const { name, arguments: given } = groupQueue(queue, "classic");
    await channel.assertQueue(name, { durable: true, exclusive, arguments: given });
    await channel.consume(name, () => undefined, { exclusive: true });
    const broker = await connected({ url: url().href });
    const errors: unknown[] = [await failureOf(Taker.from(broker, queue))];
    if (exclusive) errors.push(causeOf(await failureOf(broker.send([{ queue, body: "" }]))));
    for (const error of errors) {
      expect(YTaskError.isInstance(error, ErrorCode.UnsupportedServer)).toBe(true);
      expect(String(error)).toContain("somebody else holds it exclusively");
      expect(String(error)).toContain(queue);
    }
    await connection.close();
    await deleteQueues(url().href, [queue]);
  });

  describe.each(["classic", "quorum"] as const)("with %s queues", (queueType) => {
    const longest = () => newQueue().padEnd(239, "q");

    it("name a group whose name is too long for all its queues, while the longest one has them", async () => {
      const broker = await connected({ url: url().href, queueType });
      const fits = longest();
      await deadLetterAll(broker, fits, ["dead"]);
      const tooLong = `${fits.slice(0, -1)}ß`;
      const sending = await failureOf(
        broker.send([
          { queue: tooLong, body: "" },
          { queue: fits, body: "goes on" },
        ]),
      );
      expect(sending).toMatchObject({
        notStored: [0],
        unknown: [],
        cause: { code: ErrorCode.InvalidArgument },
      });
      expect(await broker.counts(fits)).toMatchObject({ waiting: 1, dead: 1 });
      const dead = broker.deadLetters(tooLong);
      for (const call of [
        () => Taker.from(broker, tooLong),
        () => broker.counts(tooLong),
        () => dead.list(),
        () => dead.redrive(),
        () => dead.purge(),
      ]) {
        const error = await failureOf(call());
        expect(YTaskError.isInstance(error, ErrorCode.InvalidArgument)).toBe(true);
        expect(String(error)).toMatch(/240 bytes.* a group's name of 227; shorten the group's name by 1/);
      }
      await deleteQueues(url().href, [fits]);
    });

    it.each([
      ["whose queue's name is too long", { queue: "q".repeat(240), body: "next" }, /240 bytes/],
      ["whose delay is too long", { queue: "q", body: "next", delayMs: 500 * 86_400_000 }, /397 days/],
    ])("are told of what should be replaced by a message %s, and is held still", async (_, next, reason) => {
      const queue = newQueue();
      const broker = await connected({ url: url().href, queueType });
      const taker = await Taker.from(broker, queue, { ack: false });
      await broker.send(["one", "other"].map((body) => ({ queue, body })));
      await taker.untilTaken(["one", "other"]);
      const [delivery, other] = taker.deliveries;
      if (delivery === undefined || other === undefined) throw new Error("they were not taken");
      const outcomes = await taker.subscription.settle([
        { delivery, kind: "replace", by: [next] },
        { delivery: other, kind: "replace", by: [{ queue, body: "again" }] },
      ]);
      expect(outcomes).toMatchObject([
        { kind: "refused", error: { message: expect.stringMatching(reason) } },
        "settled",
      ]);
      expect(taker.errors).toMatchObject([{ code: ErrorCode.InvalidArgument }]);
      await taker.untilTaken(["again"]);
      const letter = { delivery, kind: "deadLetter", reason: "permanentFailure" } as const;
      expect(await taker.subscription.settle([letter])).toEqual(["settled"]);
      await taker.close();
      // A quorum queue takes a moment to put back what a channel left.
      await waitUntil("it waits again", async () => (await broker.counts(queue)).waiting === 1);
      expect(await broker.counts(queue)).toMatchObject({ dead: 1 });
      await deleteQueues(url().href, [queue]);
    });
  });

  it("refuse a group whose name has a line break, which RabbitMQ would leave out", async () => {
    const broker = await connected({ url: url().href });
    const queue = `${newQueue()}\nb`;
    for (const call of [
      () => broker.send([{ queue, body: "", delayMs: 10 }]),
      () => broker.counts(queue),
      () => Taker.from(broker, queue),
    ])
      expect(String(await failureOf(call()))).toContain("line break");
  });

  it("name a delay that is too long, and not the other messages of the send", async () => {
    const queue = newQueue();
    const broker = await connected({ url: url().href });
    const error = await failureOf(
      broker.send([
        { queue, body: "too long", delayMs: 500 * 86_400_000 },
        { queue, body: "at once" },
      ]),
    );
    expect(error).toMatchObject({ notStored: [0], unknown: [] });
    expect(String(error)).toContain("397 days");
    expect(await broker.counts(queue)).toMatchObject({ waiting: 1 });
    await deleteQueues(url().href, [queue]);
  });
});
