export { CallBrokeOff } from "./call-broke-off.js";
export { Connection } from "./connection.js";
export {
  checkConnectionOptions,
  type RedisClient,
  type RedisConnectionOptions,
} from "./connection-options.js";
export { isCluster } from "./open-client.js";
export { Script } from "./script.js";
