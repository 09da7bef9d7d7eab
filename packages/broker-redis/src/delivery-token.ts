/**
 * A delivery's token: its number, in the order in which the consumer got the deliveries, then ".redeliveries" unless
 * that is 0.
 */
export const tokenOf = (number: number, redeliveries: string | undefined): string =>
  redeliveries === undefined || redeliveries === "0" ? `${number}` : `${number}.${redeliveries}`;

export const tokenNumber = (token: string): number => Number.parseInt(token, 10);

export function redeliveriesOf(token: string): number {
  const dot = token.indexOf(".");
  return dot < 0 ? 0 : Number(token.slice(dot + 1));
}
