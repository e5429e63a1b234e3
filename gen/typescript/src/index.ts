export * from "./auth.js";
export type { components, operations, paths } from "./schema.js";
