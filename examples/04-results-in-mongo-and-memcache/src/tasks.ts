export const tasks = {
  group1: {
    add: (a: number, b: number) => a + b,
    fail: () => {
      throw new Error("no such luck");
    },
  },
};
export type Tasks = typeof tasks;
