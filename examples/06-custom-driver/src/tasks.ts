export const tasks = {
  group1: {
    add: (a: number, b: number) => a + b,
  },
};
export type Tasks = typeof tasks;
