import { ErrorCode, YTaskError } from "@ytask/core/driver";
import { expect, it } from "vitest";
import { RabbitMqBroker, type RabbitMqBrokerOptions } from "../src/index.js";

const client = { createChannel() {}, on() {} };

it.each([
  ["nothing at all", null, /must be an object/],
  ["an unknown name", { queuType: "quorum" }, /no option "queuType"; there are url, socketOptions/],
  ["an unknown type of queue", { queueType: "stream" }, /queueType must be one of classic, quorum/],
  ["a url that is no text", { url: 5 }, /url must be a string/],
  ["another scheme", { url: "redis://127.0.0.1" }, /url must be amqp:/],
  ["a url with a slash in its password", { url: "amqp://ada:se/cret@host:1" }, /percent-encoded$/],
  ["no number for a heartbeat", { url: "amqp://host?heartbeat=abc" }, /heartbeat in url must be a whole/],
  ["no value for a heartbeat", { url: "amqp://host?heartbeat=" }, /heartbeat in url must be a whole/],
  ["a heartbeat that AMQP cannot hold", { url: "amqp://host?heartbeat=65536" }, /0 \(none\) to 65,535/],
  ["frames that are too small", { url: "amqp://host?frameMax=4095" }, /frameMax in url must be .* 4,096/],
  ["frames that are too large", { url: "amqp://host?frameMax=4294967296" }, /frameMax in url must be/],
  ["too many channels", { url: "amqp://host?channelMax=65536" }, /channelMax in url must be/],
  ["a part of a channel", { url: "amqp://host?channelMax=10.5" }, /channelMax in url must be/],
  ["a password that is not percent-encoded", { url: "amqp://ada:100%@host" }, /must be percent-encoded/],
  ["a client that is none", { client: {} }, /client must be a connection made with amqplib/],
  ["half a client", { client: { publish: client } }, /client must be a connection made with amqplib/],
  ["a client and a url", { client, url: "amqp://host" }, /either client, or url/],
  ["no time", { commandTimeoutMs: 0 }, /commandTimeoutMs must be a number of milliseconds above 0/],
  ["more time than a timer holds", { consumerTimeoutMs: 2 ** 31 }, /consumerTimeoutMs must be/],
] satisfies [string, unknown, RegExp][])("refuses options with %s", (_, given, message) => {
  const make = () => new RabbitMqBroker(given as RabbitMqBrokerOptions);
  expect(make).toThrow(message);
  expect(make).toThrow(expect.objectContaining({ code: ErrorCode.InvalidArgument }));
  expect(make).toThrow(YTaskError);
});

it.each(["?heartbeat=0", "?heartbeat=65535", "?frameMax=0", "?frameMax=4096", "?channelMax=0"])(
  "takes a url with %s",
  (parameters) => {
    expect(() => new RabbitMqBroker({ url: `amqp://host${parameters}` })).not.toThrow();
  },
);

it.each(["http://ada:sec@host", "amqp://ada:s/sec@host:1", "amqp://ada:sec?s@host:x", "sec"])(
  "never tells a password, or anything of the URL %s",
  (url) => {
    expect(() => new RabbitMqBroker({ url })).toThrow(/^(?!.*sec)/);
  },
);
