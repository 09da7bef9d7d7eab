export const tasks = {
  group1: {
    add: (a: number, b: number) => a + b,
  },
  reports: {
    build: async (title: string) => `the report "${title}"`,
  },
};
export type Tasks = typeof tasks;
