import { ErrorCode, notConnected, YTaskError } from "@ytask/core/driver";
import { type Address, addressName } from "./address.js";

/** The texts of memjs' errors, in which the server's status appears only as text, and what they mean. */
const meanings: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/Value too large/, ErrorCode.TooLarge, "refused a value as too large; raise its item size (memcached -I)"],
  [
    /Out of memory/,
    ErrorCode.ServerFull,
    "is full and evicts nothing; give it more memory, or start it without -M",
  ],
  [
    /authentication failed|Authentication error/i,
    ErrorCode.AccessRefused,
    "refused the user name or password; check the credentials, or give some where the server asks for them",
  ],
  [/^MemJS /, ErrorCode.Backend, "refused a command"],
];

/** Turns what memjs reported into a YTaskError that names the server. */
export function toYTaskError(thrown: unknown, address: Address): YTaskError {
  if (YTaskError.isInstance(thrown)) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const [, code, meaning] = meanings.find(([pattern]) => pattern.test(text)) ?? [
    undefined,
    ErrorCode.Connection,
    "cannot be reached",
  ];
  return new YTaskError(code, `memcached ${addressName(address)} ${meaning} (${text})`, { cause: thrown });
}

export const tooLarge = (address: Address, bytes: number, mostBytes: number): YTaskError =>
  new YTaskError(
    ErrorCode.TooLarge,
    `a value of ${bytes} bytes is more than memcached ${addressName(address)} holds in an item, ${mostBytes} bytes; ` +
      "return less, or raise its item size (memcached -I)",
  );

export const overloaded = (address: Address, waitedMs: number): YTaskError =>
  new YTaskError(
    ErrorCode.Backend,
    `memcached ${addressName(address)} does not keep up: a call has waited for ${waitedMs} ms`,
  );

export const notConnectedError = (): YTaskError => notConnected("the memcached backend");
