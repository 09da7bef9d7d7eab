export { CallBrokeOff } from "./call-broke-off.js";
export { checkConnectionOptions } from "./check-options.js";
export { Connection } from "./connection.js";
export { isReply } from "./explain-error.js";
export { inPieces } from "./in-pieces.js";
export { isCluster } from "./open-client.js";
export { Script } from "./script.js";
