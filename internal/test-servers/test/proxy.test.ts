import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../src/free-port.js";
import { startProxy, type TcpProxy, waitUntil } from "../src/index.js";

let echo: Server;
let proxy: TcpProxy;

beforeEach(async () => {
  echo = createServer((socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  const port = await freePort();
  echo.listen(port, "127.0.0.1");
  await once(echo, "listening");
  proxy = await startProxy(port);
});

afterEach(async () => {
  await proxy.close();
  echo.close();
});

const open = async (): Promise<Socket> => {
  const socket = connect({ port: proxy.port, host: "127.0.0.1" });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
};

const reply = async (socket: Socket): Promise<string> => String((await once(socket, "data"))[0]);

test("passes bytes in both directions", async () => {
  const socket = await open();
  socket.write("hello");
  expect(await reply(socket)).toBe("hello");
});

test("loses what is sent while it swallows and keeps the connection for what comes after", async () => {
  const socket = await open();
  socket.write("before");
  expect(await reply(socket)).toBe("before");
  proxy.swallow();
  const late = await open();
  socket.write("lost");
  late.write("lost");
  await waitUntil("both were swallowed", () => proxy.swallowedBytes === 8);
  proxy.pass();
  socket.write("after");
  expect(await reply(socket)).toBe("after");
});

test("moves so many bytes a second", async () => {
  const socket = await open();
  proxy.throttle(1_000_000);
  const sent = performance.now();
  socket.write("x".repeat(50_000));
  for (let received = 0; received < 50_000; ) received += (await once(socket, "data"))[0].length;
  // There or back; timers may fire a millisecond early for each of a few pieces.
  expect(performance.now() - sent).toBeGreaterThanOrEqual(45);
});

test("moves bytes late and in order", async () => {
  const socket = await open();
  proxy.delay(50);
  const sent = performance.now();
  socket.write("first,");
  let received = "";
  socket.on("data", (data) => {
    received += data;
  });
  await once(socket, "data");
  proxy.delay(0);
  socket.write("second");
  while (received.length < 12) await once(socket, "data");
  expect(received).toBe("first,second");
  // There and back; timers may fire a millisecond early.
  expect(performance.now() - sent).toBeGreaterThanOrEqual(98);
});

test("holds answers while requests pass, and moves them later and in order", async () => {
  let heard = "";
  echo.on("connection", (socket: Socket) => socket.on("data", (data) => (heard += data)));
  const socket = await open();
  let received = "";
  socket.on("data", (data) => {
    received += data;
  });
  proxy.holdAnswers();
  socket.write("first,");
  await waitUntil("it was heard", () => heard === "first,");
  expect(received).toBe("");
  proxy.pass();
  socket.write("second");
  await waitUntil("both were answered", () => received.length === 12);
  expect(received).toBe("first,second");
});

test("cuts its connections and takes new ones", async () => {
  const socket = await open();
  socket.write("hello");
  await reply(socket);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  proxy.cutAll();
  await closed;
  const next = await open();
  next.write("again");
  expect(await reply(next)).toBe("again");
});
