export { MongoBackend } from "./mongo-backend.js";
export type { MongoBackendOptions } from "./options.js";
