import { ErrorCode, YTaskError } from "@ytask/core/driver";

/** The address of a memcached, and the user for it. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

const defaultPort = 11_211;

/** For logs and errors: never with the credentials. */
export const addressName = ({ host, port }: Address): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;

/** Credentials, which may contain anything except a comma, then a host or an IPv6 address in brackets, then a port. */
const pattern =
  /^(?:(?<username>[^:]*):(?<password>.*)@)?(?:\[(?<six>[^\]]+)\]|(?<host>[^:@[\]]+))(?::(?<port>\d+))?$/;

/**
 * Reads `[user:password@]host[:port]`.
 * @throws YTaskError `InvalidArgument`, without the text, since that may hold a password
 */
export function parseAddress(text: string, index: number): Address {
  const parts = pattern.exec(text.trim())?.groups;
  const host = parts?.six ?? parts?.host;
  const port = Number(parts?.port ?? defaultPort);
  if (host === undefined || port < 1 || port > 65_535)
    throw new YTaskError(
      ErrorCode.InvalidArgument,
      `servers[${index}] of the memcached backend is not of the form [user:password@]host[:port]`,
    );
  return { host, port, username: parts?.username, password: parts?.password };
}
