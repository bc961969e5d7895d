/**
 * The client at a seller's or vendor's own API: an order in its words, and its answers in the house's.
 *
 * Only what these APIs have is spoken: creating, asking, cancelling where that is offered. None of them knows an order
 * that is repeated, so a create is sent once.
 */

import { part } from "./addresses.js";
import type { HouseTask } from "./schema.js";
import { at, checkedAs, parsedAs, type Shape } from "./shapes.js";

type Json = Record<string, unknown>;

/** A call in a seller's words. */
export interface Sent {
  path: string;
  body?: Json;
  headers?: Record<string, string>;
  method?: string;
}

/** What an answer says, as the house has it. */
interface Found {
  id?: unknown;
  state?: unknown;
  progress?: unknown;
  result_url?: unknown;
  reason?: unknown;
}

/** One API: how an order, a question and a cancel are said, and what its answers mean. */
export interface Speaker {
  name: string;
  create: (fields: Json) => Sent;
  query: (id: string) => string;
  find: (answer: Json) => Found;
  cancel?: (id: string) => Sent;
  scheme?: string;
}

const QUEUED = new Set(["", "queued", "queueing", "submitted", "pending", "created", "not_start"]);
const DONE = new Set(["success", "succeeded", "succeed", "completed"]);
const ENDED = new Set(["failed", "failure", "error", "cancelled", "canceled", "expired"]);
const ANY: Shape = { what: "an object" };
const ORDERED: Shape = { what: "a new task", needs: { id: "id" }, may: { state: "text", result_url: "text" } };
const STANDS: Shape = { what: "a task's state", needs: { state: "text" }, may: { id: "id", result_url: "text" } };
/** How DashScope says that there is no such task. */
const NONE = "unknown";

/**
 * Return the answer to an order as the house would tell it; `known` is what was known of the task before. Throws
 * UnreadableAnswer where the answer names no task: it may have been made.
 */
export async function placed(speaker: Speaker, answer: Response, known: Json): Promise<HouseTask> {
  return read(speaker, answer, known, ORDERED);
}

/** Return the answer to a query in the same form. Throws UnreadableAnswer. */
export async function told(speaker: Speaker, answer: Response, known: Json): Promise<HouseTask> {
  return read(speaker, answer, known, STANDS);
}

async function read(speaker: Speaker, given: Response, known: Json, shape: Shape): Promise<HouseTask> {
  const words = await given.text();
  const answer = parsedAs<Json>(ANY, words, given);
  const found = checkedAs(shape, speaker.find(answer), words, given);
  const word = text(found.state).toLowerCase();
  const waits = QUEUED.has(word) && !found.progress;
  const status = DONE.has(word) ? "completed" : ENDED.has(word) ? "failed" : waits ? "submitted" : "in_progress";
  const state = { completed: "succeeded", submitted: "queued", in_progress: "running", failed: word }[status];
  const id = word === NONE ? "" : text(found.id ?? known.id);
  const raw: Json = { created_at: Math.floor(Date.now() / 1000), model: "", ...known, id, status, state, answer };
  raw.progress = status === "completed" ? 100 : percent(found.progress);
  if (status === "completed") {
    raw.result_url = text(found.result_url);
  }
  if (status === "failed") {
    raw.error = { message: text(found.reason) || `${speaker.name} says no more than ${word}` };
  }
  return raw as unknown as HouseTask;
}

function text(value: unknown): string {
  return value === undefined || value === null ? "" : String(value);
}

function percent(given: unknown): number {
  const number = Number(text(given).replace(/%$/, ""));
  return Number.isFinite(number) ? Math.trunc(number) : 0;
}

/** Return those of an order's fields that were given. */
function some(fields: Json, ...names: string[]): Json {
  return Object.fromEntries(names.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]));
}

function list(fields: Json, name: string): unknown[] {
  const given = fields[name];
  return given === undefined ? [] : Array.isArray(given) ? given : [given];
}

/** Return the first that is there and not empty. */
function first(...values: unknown[]): unknown {
  return values.find((value) => value !== undefined && value !== null && value !== "");
}

/** Say an order in DashScope's form. */
function native(path: string, fields: Json): Sent {
  const kinds = { image: "first_frame", last_image: "last_frame", video: "video", first_clip: "first_clip" };
  const media = [
    ...Object.entries(kinds).flatMap(([name, type]) => (fields[name] ? [{ type, url: fields[name] }] : [])),
    ...list(fields, "images").map((url) => ({ type: "reference_image", url })),
    ...list(fields, "videos").map((url) => ({ type: "reference_video", url })),
  ];
  const parameters = some(fields, "ratio", "duration", "seed", "watermark", "prompt_extend");
  if (fields.resolution) {
    parameters.resolution = text(fields.resolution).toUpperCase();
  }
  const input = { ...some(fields, "prompt", "negative_prompt"), ...(media.length ? { media } : {}) };
  const held = media.some(({ url }) => text(url).startsWith("oss://"));
  const headers = { "x-dashscope-async": "enable", ...(held ? { "x-dashscope-ossresourceresolve": "enable" } : {}) };
  return { path, body: { model: fields.model, input, parameters }, headers };
}

/** Say an order in Ark's form. */
function content(path: string, fields: Json): Sent {
  const picture = (url: unknown, role: string) => ({ type: "image_url", image_url: { url }, role });
  const parts: Json[] = [
    ...(fields.prompt ? [{ type: "text", text: fields.prompt }] : []),
    ...(fields.image ? [picture(fields.image, "first_frame")] : []),
    ...(fields.last_image ? [picture(fields.last_image, "last_frame")] : []),
    ...list(fields, "images").map((url) => picture(url, "reference_image")),
    ...list(fields, "videos").map((url) => ({ type: "video_url", video_url: { url }, role: "reference_video" })),
  ];
  const names = ["resolution", "ratio", "duration", "seed", "watermark", "camera_fixed", "return_last_frame", "callback_url"];
  const settings = some(fields, ...names);
  if (fields.audio !== undefined) {
    settings.generate_audio = fields.audio;
  }
  return { path, body: { model: fields.model, content: parts, ...settings } };
}

function ofUniall(fields: Json): Sent {
  const names = ["model", "prompt", "negative_prompt", "duration", "seed", "image", "last_image", "images", "video"];
  const ratio = fields.ratio === undefined ? {} : { aspect_ratio: fields.ratio };
  return { path: "/v1/video/generations", body: { ...some(fields, ...names), ...ratio } };
}

function ofVidu(fields: Json): Sent {
  const ends = [fields.image, fields.last_image].filter(Boolean);
  const images = ends.length ? ends : list(fields, "images");
  const kind = images.length && !ends.length ? "reference2video" : ["text2video", "img2video", "start-end2video"][ends.length];
  const body: Json = some(fields, "model", "prompt", "duration", "seed", "resolution", "audio", "callback_url");
  if (fields.ratio !== undefined) {
    body.aspect_ratio = fields.ratio;
  }
  if (images.length) {
    body.images = images;
  }
  return { path: `/ent/v2/${kind}`, body };
}

function fromAnyfast(answer: Json): Found {
  const data = (typeof answer.data === "object" && answer.data !== null ? answer.data : answer) as Json;
  return {
    id: first(data.task_id, data.id),
    state: data.status,
    progress: data.progress,
    result_url: first(data.result_url, at(data, "data", "output", "video_url"), at(data, "data", "content", "video_url")),
    reason: data.fail_reason,
  };
}

function fromFlat(answer: Json): Found {
  const output = answer.output; // a create at APIYI answers as DashScope does
  return {
    id: first(answer.id, answer.task_id, at(output, "task_id")),
    state: answer.status ?? at(output, "task_status"),
    progress: answer.progress,
    result_url: first(answer.result_url, answer.video_url, at(answer, "result", "video_url")),
    reason: first(at(answer, "error", "message"), answer.fail_reason),
  };
}

const SYNTHESIS = "/services/aigc/video-generation/video-synthesis";
const ARK = "/api/v3/contents/generations/tasks";

const SPEAKERS: Speaker[] = [
  {
    name: "anyfast",
    create: (fields) =>
      text(fields.model).startsWith("seedance")
        ? content("/v1/video/generations", fields)
        : native("/v1/video/generations", fields),
    query: (id) => `/v1/video/generations/${part(id)}`,
    find: fromAnyfast,
  },
  { name: "uniall", create: ofUniall, query: (id) => `/v1/videos/${part(id)}`, find: fromFlat },
  {
    name: "apiyi",
    create: (fields) => native(`/wan/api/v1${SYNTHESIS}`, fields),
    query: (id) => `/v1/tasks/${part(id)}`,
    find: fromFlat,
  },
  {
    name: "dashscope",
    create: (fields) => native(`/api/v1${SYNTHESIS}`, fields),
    query: (id) => `/api/v1/tasks/${part(id)}`,
    find: ({ output }) => ({
      id: at(output, "task_id"),
      state: at(output, "task_status"),
      result_url: at(output, "video_url"),
      reason: at(output, "message"),
    }),
    cancel: (id) => ({ path: `/api/v1/tasks/${part(id)}/cancel` }),
  },
  {
    name: "ark",
    create: (fields) => content(ARK, fields),
    query: (id) => `${ARK}/${part(id)}`,
    find: (answer) => ({
      id: answer.id,
      state: answer.status,
      result_url: at(answer, "content", "video_url"),
      reason: at(answer, "error", "message"),
    }),
    cancel: (id) => ({ path: `${ARK}/${part(id)}`, method: "DELETE" }),
  },
  {
    name: "vidu",
    create: ofVidu,
    query: (id) => `/ent/v2/tasks/${part(id)}/creations`,
    find: (answer) => ({
      id: first(answer.task_id, answer.id),
      state: answer.state,
      progress: answer.progress,
      result_url: at(answer, "creations", "0", "url"),
      reason: first(answer.err_code, answer.message),
    }),
    cancel: (id) => ({ path: `/ent/v2/tasks/${part(id)}/cancel`, body: {} }),
    scheme: "Token",
  },
];

/** Return how an API is spoken, undefined for the house's own. Throws TypeError for one that is not known. */
export function speakerOf(name: string | undefined): Speaker | undefined {
  if (name === undefined || name === "" || name === "reelgate") {
    return undefined;
  }
  const found = SPEAKERS.find((one) => one.name === name);
  if (found === undefined) {
    const known = SPEAKERS.map((one) => one.name).sort();
    throw new TypeError(`dialect is ${name}; allowed: reelgate, ${known.join(", ")}`);
  }
  return found;
}
