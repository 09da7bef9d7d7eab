export { FileBackend } from "./file-backend.js";
export { FileBroker } from "./file-broker.js";
