export * from "../keys.js";
