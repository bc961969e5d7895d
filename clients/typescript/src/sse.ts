/** Reads server-sent events. */

import type { HouseTask } from "./schema.js";
import { parsedAs, TASK } from "./shapes.js";

/** One thing that happened to a task: `name` is `task.running`, `task.progress` …, `task` how it then was. */
export interface TaskEvent {
  name: string;
  /** Its place among all events, from which a stream goes on; "" for progress, which has none. */
  id: string;
  task: HouseTask;
}

const FINAL = new Set(["task.succeeded", "task.failed", "task.cancelled", "task.expired"]);

/** Whether nothing follows of this event's task. */
export function isFinal(event: TaskEvent): boolean {
  return FINAL.has(event.name);
}

/** Collects pieces of text until they make events. */
export class EventReader {
  #rest = "";

  constructor(readonly answer: Response) {}

  /** Take a piece in; return the events that it completes. Throws UnreadableAnswer. */
  feed(piece: string): TaskEvent[] {
    const blocks = (this.#rest + piece).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.map((block) => read(block, this.answer)).filter((event) => event !== undefined);
  }
}

function read(block: string, answer: Response): TaskEvent | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const at = line.indexOf(":");
    if (at > 0) {
      fields.set(line.slice(0, at), line.slice(at + 1).replace(/^ /, ""));
    }
  }
  const name = fields.get("event");
  const data = fields.get("data");
  if (name === undefined || data === undefined) {
    return undefined;
  }
  return { name, id: fields.get("id") ?? "", task: parsedAs<HouseTask>(TASK, data, answer) };
}
