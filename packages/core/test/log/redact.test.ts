import { expect, it } from "vitest";
import { redact } from "../../src/driver.js";

it.each([
  ["amqp://user:secret@host:1/vhost", "amqp://***@host:1/vhost"],
  ["amqp://user:se/cr/et@host:1", "amqp://***@host:1"],
  ["amqp://user:se@cr@et@host:1", "amqp://***@host:1"],
  ["redis://:secret@host", "redis://***@host"],
  ["//user:secret//@host", "//***@host"],
  ["user:secret@host", "***@host"],
  ["user:secret//@host", "***@host"],
  ['"amqp://user:secret@host" broke, and user:secret@other:2', '"amqp://***@host" broke, and ***@other:2'],
])("users and passwords are cut out of a text: %s", (text, redacted) => {
  expect(redact(text)).toBe(redacted);
});

it.each([
  "",
  "amqp://host:1/vhost",
  "it failed: see https://host/path",
  "somebody@host",
  "@user_script:5: failed",
])("a text without them stays as it is: %s", (text) => expect(redact(text)).toBe(text));
