/** The TypeScript client of a Reelgate server, for Node and browsers. */

export { Reelgate } from "./client.js";
export type { Fields, Filters, Options, Order } from "./client.js";
export * from "./errors.js";
export type { Input } from "./media.js";
export type * as schema from "./schema.js";
export { verifyWebhook } from "./signatures.js";
export type { TaskEvent } from "./sse.js";
export { Task } from "./task.js";
export type { WaitOptions } from "./task.js";
