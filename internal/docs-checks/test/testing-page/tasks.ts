import { withContext } from "@ytask/core";

const remind = withContext((context, name: string) => {
  if (context.attempt < 3) throw new Error("the mail server is away");
  return `mailed ${name}`;
});

export const tasks = { mail: { remind }, math: { add: (a: number, b: number) => a + b } };
