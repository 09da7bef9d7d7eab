export interface User {
  id: number;
  name: string;
}

/** The tasks of this example, by group and name. Server and client share their types. */
export const tasks = {
  group1: {
    add: (a: number, b: number) => a + b,

    /** Takes a user, ids and names, and makes a list of users of them. */
    append_user: (user: User, ids: number[], names: string[]) => [
      user,
      ...ids.map((id, index): User => ({ id, name: names[index] ?? "" })),
    ],
  },
};
export type Tasks = typeof tasks;
