/** What an answer has to be. An answer of another shape, as from a proxy, is refused before anything is read from it. */

import { UnreadableAnswer } from "./errors.js";

type Json = Record<string, unknown>;

/** What a field is: a kind of JSON value, or several. */
type Kind = "text" | "number" | "boolean" | "object" | "list" | "id";

const WORDS: Record<Kind, string> = {
  text: "a text",
  number: "a number",
  boolean: "true or false",
  object: "an object",
  list: "a list",
  id: "a text or a number",
};

/** What JSON has to contain: the fields that are read from it. Others may be there too. */
export interface Shape {
  what: string;
  needs?: Record<string, Kind>;
  /** Fields that may be missing or null; `price.charged_micros` is a field of a field. */
  may?: Record<string, Kind>;
  /** The word in the field of this name, by which an answer is known of which no other field is read. */
  object?: string;
  /** What each item of `data` has to be. */
  items?: Shape;
}

/** Return what is wrong with a value; "" if nothing is. */
function wrongIn(shape: Shape, found: unknown): string {
  if (typeof found !== "object" || found === null || Array.isArray(found)) {
    return "it is not an object";
  }
  const told = found as Json;
  if (shape.object !== undefined && told.object !== shape.object) {
    return `object is ${JSON.stringify(told.object) ?? "missing"}, not "${shape.object}"`;
  }
  const { needs = {}, may = {} } = shape;
  for (const [name, kind] of Object.entries({ ...needs, ...may })) {
    const value = at(told, ...name.split("."));
    const missing = value === undefined || value === null;
    if (name in needs && (missing || (name === "id" && value === ""))) {
      return `${name} is missing`;
    }
    if (!missing && !isOf(kind, value)) {
      return `${name} is not ${WORDS[kind]}`;
    }
  }
  if (shape.items === undefined) {
    return "";
  }
  if (told.has_more === true && !told.next_cursor) {
    return "next_cursor is missing";
  }
  for (const item of told.data as unknown[]) {
    const wrong = wrongIn(shape.items, item);
    if (wrong) {
      return wrong;
    }
  }
  return "";
}

function isOf(kind: Kind, value: unknown): boolean {
  const found = Array.isArray(value) ? "list" : typeof value === "string" ? "text" : typeof value;
  return kind === found || (kind === "id" && (found === "text" || found === "number"));
}

/** Return an answer's JSON. Throws UnreadableAnswer */
export async function readAs<Answer>(shape: Shape, answer: Response): Promise<Answer> {
  return parsedAs<Answer>(shape, await answer.text(), answer);
}

/** Return the JSON of an answer's text, or of a part of it. Throws UnreadableAnswer. */
export function parsedAs<Answer>(shape: Shape, text: string, answer: Response): Answer {
  let found: unknown;
  let wrong = "it is not JSON";
  try {
    found = JSON.parse(text);
    wrong = wrongIn(shape, found);
  } catch {
    // told below
  }
  if (wrong) {
    throw unreadable(shape.what, wrong, text, answer);
  }
  return found as Answer;
}

/** Return what an answer was found to say. Throws UnreadableAnswer. */
export function checkedAs<Found>(shape: Shape, found: Found, text: string, answer: Response): Found {
  const wrong = wrongIn(shape, found);
  if (wrong) {
    throw unreadable(shape.what, wrong, text, answer);
  }
  return found;
}

/** Return an answer's header. Throws UnreadableAnswer where it is missing, or of another form. */
export function headerOf(answer: Response, name: string, form: RegExp): string {
  const found = answer.headers.get(name) ?? "";
  if (!form.test(found)) {
    const wrong = found ? `the header ${name} is "${found}"` : `the header ${name} is missing`;
    throw unreadable("the state of an upload", wrong, "", answer);
  }
  return found;
}

function unreadable(what: string, wrong: string, text: string, { status, headers, url }: Response): UnreadableAnswer {
  const told = `${url.replace(/[?#].*/, "")} did not answer with ${what} (${wrong}); is that the server's address?`;
  const beginning = text.slice(0, 200).replace(/\s+/g, " ").trim();
  const requestId = headers.get("x-request-id") ?? "";
  return new UnreadableAnswer(status, `${told} The answer begins: ${beginning}`, { requestId });
}

/** Return what is at a place in JSON; undefined if there is nothing. */
export function at(found: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (typeof inner === "object" && inner !== null ? (inner as Json)[name] : undefined),
    found,
  );
}

export const TASK: Shape = {
  what: "a task",
  needs: { id: "text", model: "text", status: "text", state: "text", progress: "number", created_at: "number" },
  may: {
    result_url: "text",
    error: "object",
    "error.message": "text",
    price: "object",
    "price.amount_micros": "number",
    "price.charged_micros": "number",
  },
};
const PAGE: Shape["needs"] = { data: "list", has_more: "boolean" };
const CURSOR: Shape["may"] = { next_cursor: "text" };
export const TASKS: Shape = { what: "a list of tasks", needs: PAGE, may: CURSOR, items: TASK };
export const TIMELINE: Shape = { what: "a task's history", object: "timeline" };
export const MODEL: Shape = { what: "a model", needs: { id: "text" } };
export const MODELS: Shape = { what: "a list of models", needs: { data: "list" }, items: MODEL };
export const QUOTE: Shape = { what: "a quote", needs: { id: "text", price: "object", "price.amount_micros": "number" } };
export const PREVIEW: Shape = { what: "a preview", object: "preview" };
export const BALANCE: Shape = { what: "a balance", object: "balance" };
export const USAGE: Shape = { what: "a usage report", object: "usage" };
export const FILE: Shape = { what: "a file", needs: { id: "text" } };
export const WEBHOOK: Shape = { what: "a webhook", needs: { id: "text" } };
export const WEBHOOKS: Shape = { what: "a list of webhooks", needs: { data: "list" }, items: WEBHOOK };
export const DELIVERY: Shape = { what: "a delivery", needs: { id: "text" } };
export const DELIVERIES: Shape = { what: "a list of deliveries", needs: PAGE, may: CURSOR, items: DELIVERY };
export const REPLAYED: Shape = { what: "the number of deliveries", needs: { replayed: "number" } };
export const DELETED: Shape = { what: "a deletion", needs: { id: "text", deleted: "boolean" } };
