import { connect } from "node:net";

/**
 * Whether something on this port of 127.0.0.1 takes a connection and, where `request` is given, answers it with
 * bytes that start with `reply`. Waits one second at most.
 */
export const answers = (port: number, request?: string, reply = ""): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => finish(false));
    socket.once("error", () => finish(false));
    socket.once("close", () => finish(false));
    socket.once("connect", () => {
      if (request === undefined) finish(true);
      else socket.write(request, "latin1");
    });
    socket.once("data", (data) => finish(data.toString("latin1").startsWith(reply)));
  });
