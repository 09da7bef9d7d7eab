import { ErrorCode } from "@ytask/core/driver";
import { Cluster, Redis } from "ioredis";
import { expect, it } from "vitest";
import { RedisBroker, type RedisBrokerOptions } from "../src/index.js";

/** What the constructor throws; a caller without types may give anything. */
function refused(options: unknown): unknown {
  try {
    new RedisBroker(options as RedisBrokerOptions);
  } catch (error) {
    return error;
  }
  throw new Error("it was to be refused");
}

const url = "redis://127.0.0.1:6379";

it.each<[unknown, RegExp]>([
  [null, /^new RedisBroker: options must be an object$/],
  ["redis://worker:secret@127.0.0.1:6379", /options must be an object$/],
  [[url], /must be an object/],
  [{ host: "redis.prod" }, /^new RedisBroker: options: there is no option "host"; there are .*redis/],
  [{ uri: url }, /no option "uri"; there are url,.*leaseMs/],
  [{ url: 6379 }, /^new RedisBroker: options\.url must be redis:/],
  [{ url: null }, /url must be redis:/],
  [{ url: "" }, /url must be redis:/],
  [{ url: "not a url, secret" }, /url must be redis:/],
  [{ url: "http://worker:secret@127.0.0.1:6379" }, /url must be redis:/],
  [{ url: "REDISS://127.0.0.1:6379" }, /url must be redis:/],
  [{ url: "redis://:secret@:6379" }, /url must be redis:/],
  [{ url: "redis://" }, /url must be redis:/],
  [{ url: "redis://worker:1#secret@127.0.0.1" }, /percent-encoded/],
  [{ url: "redis://worker:1/secret@127.0.0.1" }, /number of a database/],
  [{ url: "redis://worker:secret%@127.0.0.1" }, /percent-encoded/],
  [{ url: `${url}/tasks` }, /number of a database/],
  [{ url: `${url}?db=tasks` }, /db must be the number/],
  [{ url: `${url}?keyPrefix=app:` }, /keyPrefix/],
  [{ redis: null }, /redis must be an object/],
  [{ redis: url }, /redis must be an object/],
  [{ redis: { keyPrefix: "app:" } }, /keyPrefix/],
  [{ redis: { db: "tasks" } }, /db must be the number/],
  [{ redis: { db: -1 } }, /^new RedisBroker: options\.redis\.db must be the number/],
  [{ redis: new Redis({ lazyConnect: true }) }, /give a client as client/],
  [{ client: null }, /client must be a Redis or a Cluster/],
  [{ client: {} }, /^new RedisBroker: options\.client must be a Redis or a Cluster/],
  [{ client: { duplicate() {}, options: {}, isOpen: true } }, /client must be a Redis or a Cluster/],
  [{ client: new Redis({ lazyConnect: true }), url }, /not both/],
  [{ client: new Redis({ lazyConnect: true, keyPrefix: "app:" }) }, /keyPrefix/],
  [{ client: new Redis({ lazyConnect: true, db: Number.NaN }) }, /db must be the number/],
  [
    { connectTimeoutMs: Number.NaN },
    /^new RedisBroker: options\.connectTimeoutMs must be a number of milliseconds/,
  ],
  [{ commandTimeoutMs: -1 }, /commandTimeoutMs/],
  [{ commandTimeoutMs: "4000" }, /commandTimeoutMs/],
  [{ leaseMs: 10 }, /^new RedisBroker: options\.leaseMs must be a number of milliseconds from 300/],
  [{ leaseMs: "30000" }, /leaseMs/],
  [{ deadLetterLimit: 0 }, /options\.deadLetterLimit must be a whole number/],
])(
  "options that cannot work, or contradict each other, are refused, and no password told: %j",
  (options, what) => {
    const error = refused(options);
    expect(error).toMatchObject({ code: ErrorCode.InvalidArgument, message: expect.stringMatching(what) });
    expect(String(error)).not.toContain("secret");
  },
);

it.each<[RedisBrokerOptions | undefined]>([
  [undefined],
  [{}],
  [{ url: undefined, client: undefined, redis: undefined, leaseMs: undefined }],
  [{ url: `${url}/` }],
  [{ url: "redis://worker:sec%25ret@127.0.0.1/3" }],
  [{ url: "rediss://[::1]:6380?family=6&db=3", redis: { tls: {} } }],
  [{ url: "/run/redis.sock?db=3" }],
  [{ redis: { sentinels: [{ host: "127.0.0.1", port: 26_379 }], name: "mymaster", db: 3 } }],
  [{ client: new Redis({ lazyConnect: true, db: 3 }) }],
  [{ client: new Cluster([{ host: "127.0.0.1", port: 6379 }], { lazyConnect: true }) }],
])("options that can work are taken: %j", (options) => {
  expect(new RedisBroker(options)).toBeInstanceOf(RedisBroker);
});
