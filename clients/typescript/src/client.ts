/** Makes videos in the house dialect, waits for them, saves them. */

import { part } from "./addresses.js";
import { Conflict, NotFound } from "./errors.js";
import { address, content, type Input } from "./media.js";
import type {
  BalanceAnswer,
  FileAnswer,
  HouseCreate,
  HouseTask,
  ModelEntry,
  ModelList,
  PreviewAnswer,
  QuoteAnswer,
  TaskPage,
  UsageAnswer,
} from "./schema.js";
import { OrderNames } from "./orders.js";
import { BALANCE, FILE, headerOf, MODEL, MODELS, PREVIEW, QUOTE, readAs, TASK, TASKS, USAGE } from "./shapes.js";
import type { TaskEvent } from "./sse.js";
import { placed, speakerOf } from "./speakers.js";
import { Task, type WaitOptions } from "./task.js";
import { Transport } from "./transport.js";
import { Webhooks } from "./webhooks.js";

const ONE = ["image", "last_image", "video", "first_clip"] as const;
const RESUMABLE = "/v1/files/resumable";
/** What is sent at a time; a file of no more goes as a form. */
const PIECE_BYTES = 8 * 1024 * 1024;
const TUS = { "tus-resumable": "1.0.0" };
const MANY = ["images", "videos", "audios"] as const;

export interface Options {
  key?: string;
  /** Seconds that one call may take; 30. */
  timeout?: number;
  /** Seconds for which a call is made again while the server is away or busy; 300. */
  retrySeconds?: number;
  /** The API that is spoken, at a Reelgate server or at its seller: anyfast, uniall, apiyi, dashscope, ark or vidu. */
  dialect?: string;
}

type Media = { [name in (typeof ONE)[number]]?: Input } & { [name in (typeof MANY)[number]]?: Input | Input[] };

/** The fields of a create, with inputs in whatever form a program has them. */
export type Fields = Omit<HouseCreate, keyof Media | "prompt" | "metadata"> & Media & { metadata?: Record<string, string> };

export type Order = Fields & {
  /** Your own name for the order: the same name returns the same task. */
  name?: string;
  /** The `id` of a quote for the same fields, whose price then holds. */
  quoteId?: string;
};

/** What narrows a list of tasks, or a stream of events. */
export interface Filters {
  model?: string;
  status?: string;
  /** Only tasks with these notes of yours. */
  metadata?: Record<string, string>;
}

/**
 * A connection to a Reelgate server. Without an address and a key those of `REELGATE_URL` and `REELGATE_KEY` are taken.
 *
 * A create carries a name of its own, so that it is never paid for twice. With a `dialect` the client speaks that API:
 * `generate`, `get`, `wait`, `save`, and `cancel` where the API has it; everything else throws NotOffered.
 */
export class Reelgate {
  readonly webhooks: Webhooks;
  readonly files: Files;
  readonly #transport: Transport;
  readonly #names = new OrderNames();

  constructor(baseUrl?: string, { key, timeout = 30, retrySeconds = 300, dialect }: Options = {}) {
    const url = baseUrl ?? environment("REELGATE_URL") ?? "http://127.0.0.1:8000";
    this.#transport = new Transport(url, key ?? environment("REELGATE_KEY") ?? "", timeout, retrySeconds, speakerOf(dialect));
    this.webhooks = new Webhooks(this.#transport);
    this.files = new Files(this.#transport);
  }

  /** Order a video and return its task at once. Throws ApiError, Unreachable. */
  async generate(prompt: string, { name, quoteId, ...fields }: Order): Promise<Task> {
    const json = await body(prompt, fields);
    const { speaker } = this.#transport;
    if (speaker !== undefined) {
      const { model, seed, duration } = json;
      const answer = await this.#transport.say(speaker.create({ ...json }));
      return this.#task(await placed(speaker, answer, { prompt, model, seed, duration }));
    }
    const order = JSON.stringify(json);
    const key = name ?? this.#names.name(order);
    const headers: Record<string, string> = { "idempotency-key": key };
    if (quoteId !== undefined) {
      headers["x-reelgate-quote"] = quoteId;
    }
    try {
      const answer = await this.#transport.answer("POST", "/v1/tasks", { json, headers });
      const task = this.#task(await readAs<HouseTask>(TASK, answer));
      task.replayed = answer.headers.has("x-reelgate-replayed");
      return task;
    } catch (error) {
      if (name === undefined) {
        this.#names.doubt(key, order);
      }
      throw error;
    }
  }

  /** Return what `generate` would cost, and why. */
  async quote(prompt: string, fields: Fields): Promise<QuoteAnswer> {
    const json = { path: "/v1/tasks", body: await body(prompt, fields) };
    return this.#transport.call("POST", "/v1/quotes", QUOTE, { json });
  }

  /** Return what `generate` would show, cost and be refused for; nothing is made or charged. */
  async preview(prompt: string, { inline = false, ...fields }: Fields & { inline?: boolean }): Promise<PreviewAnswer> {
    const json = { path: "/v1/tasks", body: await body(prompt, fields), inline };
    return this.#transport.call("POST", "/v1/previews", PREVIEW, { json });
  }

  /** Return a task as it is now. Throws NotFound. */
  async get(id: string): Promise<Task> {
    const { speaker } = this.#transport;
    if (speaker !== undefined) {
      return this.#task(await this.#transport.ask(speaker, { id }));
    }
    return this.#task(await this.#transport.call("GET", `/v1/tasks/${part(id)}`, TASK));
  }

  /** Return the task once it has succeeded. Throws TaskFailed, WaitedTooLong. */
  async wait(id: string, options: WaitOptions = {}): Promise<Task> {
    return (await this.get(id)).wait(options);
  }

  /** Yield tasks, newest first. */
  async *tasks(
    filters: Filters & { created_after?: number; created_before?: number } = {},
  ): AsyncGenerator<Task> {
    for (let cursor: TaskPage["next_cursor"] | undefined; cursor !== null; ) {
      const query = { ...parameters(filters), cursor };
      const page: TaskPage = await this.#transport.call("GET", "/v1/tasks", TASKS, { query });
      for (const raw of page.data) {
        yield this.#task(raw);
      }
      cursor = page.has_more ? page.next_cursor : null;
    }
  }

  /** Yield what happens to the project's tasks, without an end; `last` is the `id` of the last event that was seen. */
  events({ last = "", signal, ...filters }: Filters & { last?: string; signal?: AbortSignal } = {}): AsyncGenerator<TaskEvent> {
    return this.#transport.events("/v1/events", parameters(filters), last, signal);
  }

  /** Call a task off. Throws Conflict when it has ended. */
  async cancel(id: string): Promise<Task> {
    if (this.#transport.speaker !== undefined) {
      return (await this.get(id)).cancel();
    }
    return this.#task(await this.#transport.call("POST", `/v1/tasks/${part(id)}/cancel`, TASK));
  }

  /** Remove an ended task and its files. Throws Conflict while it moves. */
  async delete(id: string): Promise<void> {
    await this.#transport.remove(`/v1/tasks/${part(id)}`);
  }

  /** Return the served models with their modes, limits and prices. */
  async models(): Promise<ModelEntry[]> {
    return (await this.#transport.call<ModelList>("GET", "/v1/models", MODELS)).data;
  }

  /** Return one model. Throws NotFound. */
  async model(id: string): Promise<ModelEntry> {
    return this.#transport.call("GET", `/v1/models/${part(id)}`, MODEL);
  }

  /** Return what the project has, holds and was charged, and what its limits leave. */
  balance(): Promise<BalanceAnswer> {
    return this.#transport.call("GET", "/v1/balance", BALANCE);
  }

  /** Return what the project spent; the parameters are those of `GET /v1/usage`. */
  usage(period: Record<string, string> = {}): Promise<UsageAnswer> {
    return this.#transport.call("GET", "/v1/usage", USAGE, { query: period });
  }

  #task(raw: HouseTask): Task {
    return new Task(this.#transport, raw);
  }
}

/** A file that is kept at the server; `url` stands in the place of an address in every order. */
export type KeptFile = FileAnswer & { url: string };

/** `client.files`: inputs that a project keeps at the server. Every method throws ApiError, Unreachable. */
export class Files {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Send a picture, clip or sound; a large one goes in pieces, and goes on where it was after a break. */
  async upload(input: Exclude<Input, URL>): Promise<KeptFile> {
    const blob = await content(input);
    if (blob.size > PIECE_BYTES) {
      return this.#resumed(nameOf(input), blob);
    }
    const form = new FormData();
    form.append("purpose", "user_data");
    form.append("file", blob, nameOf(input));
    return named(await this.#transport.call("POST", "/v1/files", FILE, { form, safe: false }));
  }

  /** Send a large file piece by piece, from where an earlier try of the same file ended. */
  async #resumed(name: string, blob: Blob): Promise<KeptFile> {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
    const begun = {
      ...TUS,
      "upload-length": String(blob.size),
      "upload-metadata": `filename ${btoa(String.fromCharCode(...new TextEncoder().encode(name)))}`,
      "idempotency-key": [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    };
    let answer = await this.#transport.answer("POST", RESUMABLE, { headers: begun });
    const id = headerOf(answer, "location", /[^/]$/).split("/").pop() ?? "";
    const path = `${RESUMABLE}/${part(id)}`;
    for (let offset = offsetOf(answer); offset < blob.size; offset = offsetOf(answer)) {
      const headers = { ...TUS, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" };
      try {
        answer = await this.#transport.answer("PATCH", path, { bytes: blob.slice(offset, offset + PIECE_BYTES), headers });
      } catch (error) {
        if (error instanceof NotFound) {
          break; // the answer to the last piece was lost, and the file is there
        }
        if (!(error instanceof Conflict)) {
          throw error;
        }
        answer = await this.#transport.answer("HEAD", path, { headers: TUS });
      }
    }
    return this.get(id);
  }

  /** Return what is known of one. Throws NotFound. */
  async get(id: string): Promise<KeptFile> {
    return named(await this.#transport.call("GET", `/v1/files/${part(id)}`, FILE));
  }

  /** Remove one; videos that were made with it stay. */
  async delete(id: string): Promise<void> {
    await this.#transport.remove(`/v1/files/${part(id)}`);
  }
}

async function body(prompt: string, fields: Fields): Promise<HouseCreate> {
  const found: Record<string, unknown> = { prompt, ...fields };
  for (const name of ONE) {
    const given = fields[name];
    if (given !== undefined) {
      found[name] = await address(given);
    }
  }
  for (const name of MANY) {
    const given = fields[name];
    if (given !== undefined) {
      found[name] = await Promise.all((Array.isArray(given) ? given : [given]).map(address));
    }
  }
  return found as unknown as HouseCreate;
}

function parameters({ metadata = {}, ...filters }: Filters): Record<string, unknown> {
  return { ...filters, ...Object.fromEntries(Object.entries(metadata).map(([name, text]) => [`metadata[${name}]`, text])) };
}

function offsetOf(answer: Response): number {
  return Number(headerOf(answer, "upload-offset", /^[0-9]{1,15}$/));
}

function nameOf(input: Exclude<Input, URL>): string {
  if (typeof input === "string") {
    return input.split(/[/\\]/).pop() || "upload";
  }
  return (input as { name?: string }).name ?? "upload";
}

function named(file: FileAnswer): KeptFile {
  return { ...file, url: `asset://${file.id}` };
}

function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] || undefined;
}
