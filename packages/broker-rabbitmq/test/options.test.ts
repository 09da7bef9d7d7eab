import { ErrorCode, YTaskError } from "@ytask/core/driver";
import { expect, it } from "vitest";
import { RabbitMqBroker, type RabbitMqBrokerOptions } from "../src/index.js";

const client = { createChannel() {}, on() {} };

it.each([
  ["nothing at all", null, /must be an object/],
  ["an unknown name", { queuType: "quorum" }, /no option "queuType"; there are url, socketOptions/],
  ["an unknown type of queue", { queueType: "stream" }, /queueType must be one of classic, quorum/],
  ["a url that is no text", { url: 5 }, /url must be a string/],
  ["another scheme", { url: "redis://127.0.0.1" }, /not a URL of the form amqp:/],
  ["a password that is not percent-encoded", { url: "amqp://ada:100%@host" }, /must be percent-encoded/],
  ["a client that is none", { client: {} }, /client must be a connection made with amqplib/],
  ["half a client", { client: { publish: client } }, /client must be a connection made with amqplib/],
  ["a client and a url", { client, url: "amqp://host" }, /either client, or url/],
  ["no time", { answerTimeoutMs: 0 }, /answerTimeoutMs must be a number of milliseconds above 0/],
  ["more time than a timer holds", { consumerTimeoutMs: 2 ** 31 }, /consumerTimeoutMs must be/],
] satisfies [string, unknown, RegExp][])("refuses options with %s", (_, given, message) => {
  const make = () => new RabbitMqBroker(given as RabbitMqBrokerOptions);
  expect(make).toThrow(message);
  expect(make).toThrow(expect.objectContaining({ code: ErrorCode.InvalidArgument }));
  expect(make).toThrow(YTaskError);
});

it("never tells a password", () => {
  expect(() => new RabbitMqBroker({ url: "http://ada:secret@host" })).toThrow(/^(?!.*secret)/);
});
