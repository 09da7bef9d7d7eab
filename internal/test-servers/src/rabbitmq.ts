import { execFile } from "node:child_process";
import { chown, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { answers } from "./answers.js";
import { createCertificate } from "./certificate.js";
import { type DataFolder, dataFolder } from "./data-folder.js";
import { freePort } from "./free-port.js";
import { findRabbitMq, rabbitMqUser } from "./rabbitmq-installation.js";
import { ServerProcess } from "./server-process.js";
import { started, type TestServer, testServer } from "./test-server.js";

export interface RabbitMqOptions {
  /** Lines of rabbitmq.conf, such as `consumer_timeout = 10000`. */
  config?: string;
  /**
   * After how many milliseconds RabbitMQ tries again to hand on an expired message of a quorum queue: three minutes by
   * default. What expires while it starts, before its exchanges are there, waits for that.
   */
  deadLetterRetryMs?: number;
  /** Listens for TLS on a port of its own too, with a certificate that `tls.certificateAuthority` vouches for. */
  tls?: boolean;
}

/** A RabbitMQ node of the test's own. Starting it takes some seconds. */
export interface RabbitMqServer extends TestServer {
  readonly url: string;
  /** Undefined without the option. */
  readonly tls: { readonly url: string /** PEM text. */; readonly certificateAuthority: string } | undefined;
  /** What rabbitmqctl prints for arguments such as `"list_queues", "name", "messages"`; takes half a second. */
  control(...command: string[]): Promise<string>;
  /** What the node has written to its log since its first start. */
  log(): Promise<string>;
}

interface Node {
  name: string;
  deadLetterRetryMs: number;
  folder: string;
  amqpPort: number;
  distributionPort: number;
  /** Each node has a name service of its own, so that the machine's is neither used nor left running. */
  nameServicePort: number;
}

// The protocol header, which a broker that is ready answers with its Connection.Start, a frame of type 1.
const amqpHeader = "AMQP\x00\x00\x09\x01";
const methodFrame = "\x01";

/** Starts a RabbitMQ node on free ports of 127.0.0.1 and resolves once it takes connections. */
export const startRabbitMq = async (options: RabbitMqOptions = {}): Promise<RabbitMqServer> => {
  const programs = findRabbitMq();
  if (!programs) throw new Error("rabbitmq-server, rabbitmqctl or epmd is not installed");
  const folder = dataFolder("rabbitmq");
  const tls = options.tls ? await tlsListener(folder.path) : undefined;
  await fillFolder(folder, [options.config ?? "", ...(tls?.config ?? [])]);
  const node = await newNode(folder.path, options.deadLetterRetryMs ?? 180_000);
  const nameService = new ServerProcess({
    program: programs.epmd,
    arguments: ["-port", String(node.nameServicePort), "-address", "127.0.0.1"],
    folder: folder.path,
    port: node.nameServicePort,
    isReady: () => answers(node.nameServicePort),
  });
  const server = new ServerProcess({
    program: programs.server,
    arguments: [],
    folder: folder.path,
    port: node.amqpPort,
    isReady: () => answers(node.amqpPort, amqpHeader, methodFrame),
    environment: environment(node),
    user: rabbitMqUser(),
  });
  return started({
    ...testServer(node.amqpPort, folder, server, [nameService]),
    url: `amqp://guest:guest@127.0.0.1:${node.amqpPort}`,
    tls,
    control: rabbitMqControl(programs.control, node),
    log: () => readFile(join(logFolder(node.folder), `${node.name}.log`), "utf8"),
  });
};

const tlsListener = async (folder: string) => {
  const { certificateFile, keyFile, certificateAuthority } = await createCertificate(folder);
  const user = rabbitMqUser();
  if (user) await chown(keyFile, user.uid, user.gid);
  const port = await freePort();
  const config = [
    `listeners.ssl.1 = 127.0.0.1:${port}`,
    `ssl_options.certfile = ${certificateFile}`,
    `ssl_options.keyfile = ${keyFile}`,
    `ssl_options.cacertfile = ${certificateFile}`,
  ];
  return { url: `amqps://guest:guest@127.0.0.1:${port}`, certificateAuthority, config };
};

const fillFolder = async (folder: DataFolder, config: readonly string[]): Promise<void> => {
  await writeFile(join(folder.path, "advanced.config"), "[].\n");
  await writeFile(join(folder.path, "rabbitmq.conf"), `${config.join("\n")}\n`);
  await writeFile(join(folder.path, "rabbitmq-env.conf"), "");
  await writeFile(join(folder.path, "enabled_plugins"), "[].\n");
  const user = rabbitMqUser();
  if (user) await chown(folder.path, user.uid, user.gid);
};

const newNode = async (folder: string, deadLetterRetryMs: number): Promise<Node> => {
  const amqpPort = await freePort();
  const name = `ytask-${amqpPort}@localhost`;
  const [distributionPort, nameServicePort] = [await freePort(), await freePort()];
  return { name, folder, deadLetterRetryMs, amqpPort, distributionPort, nameServicePort };
};

const rabbitMqControl =
  (program: string, node: Node): RabbitMqServer["control"] =>
  async (...command) => {
    const { stdout } = await promisify(execFile)(program, ["-q", "-n", node.name, ...command], {
      cwd: node.folder,
      env: { ...process.env, ...environment(node) },
      ...rabbitMqUser(),
    });
    return stdout.trim();
  };

const logFolder = (folder: string): string => join(folder, "log");

const environment = ({ name, folder, deadLetterRetryMs, ...ports }: Node): Record<string, string> => ({
  HOME: folder,
  ERL_EPMD_PORT: String(ports.nameServicePort),
  RABBITMQ_NODENAME: name,
  RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
  RABBITMQ_NODE_PORT: String(ports.amqpPort),
  RABBITMQ_DIST_PORT: String(ports.distributionPort),
  RABBITMQ_MNESIA_BASE: join(folder, "data"),
  RABBITMQ_LOG_BASE: logFolder(folder),
  RABBITMQ_PID_FILE: join(folder, "pid"),
  RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
  RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, "advanced.config"),
  RABBITMQ_CONF_ENV_FILE: join(folder, "rabbitmq-env.conf"),
  RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: [
    // Idle schedulers sleep instead of spinning, which other tests on the same cores would pay for.
    "+sbwt none +sbwtdcpu none +sbwtdio none",
    // No setting of rabbitmq.conf.
    `-rabbit dead_letter_worker_publisher_confirm_timeout ${deadLetterRetryMs}`,
  ].join(" "),
});
