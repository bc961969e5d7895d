/** Calls to the server, again while it is away. */

import { NotFound, NotOffered } from "./errors.js";
import { Patience } from "./retries.js";
import type { HouseTask } from "./schema.js";
import { DELETED, readAs, type Shape } from "./shapes.js";
import { told, type Sent, type Speaker } from "./speakers.js";
import { EventReader, type TaskEvent } from "./sse.js";

/** Silence of a stream after which it is asked for anew; a server that lives says something every 15 s. */
const STREAM_MS = 60_000;

/** The scheme of an address that `fetch` can't call; `localhost:8000` has one. */
const OTHER_SCHEME = /^(?!https?:\/\/)[a-z][a-z0-9+.-]*:/i;

/** What a call may say beside its address. */
export interface Parts {
  query?: object;
  json?: unknown;
  form?: FormData;
  bytes?: Blob;
  headers?: Record<string, string>;
  /** Whether it may be done twice; else it is repeated only where it was certainly not done. */
  safe?: boolean;
  /** Whether it is sent again only where it was certainly not done. */
  once?: boolean;
  signal?: AbortSignal | undefined;
  /** Seconds for which the server may hold the answer, beyond what a call may take. */
  held?: number | undefined;
}

export class Transport {
  readonly #base: string;
  readonly #key: string;

  constructor(
    baseUrl: string,
    key: string,
    readonly timeoutSeconds: number,
    readonly retrySeconds: number,
    readonly speaker?: Speaker,
  ) {
    this.#base = baseUrl.trim().replace(/\/+$/, "");
    this.#key = key.trim();
    if (OTHER_SCHEME.test(this.#base)) {
      throw new TypeError(`the server's address is ${baseUrl}; allowed: one such as http://127.0.0.1:8000`);
    }
    if (!/^[!-~]*$/.test(this.#key)) {
      throw new TypeError("the API key contains a space or another wrong character; give it as it was printed");
    }
  }

  /** Throw NotOffered where the client speaks a seller's API, which has nothing of the kind. */
  house(what: string): void {
    if (this.speaker !== undefined) {
      throw new NotOffered(`${this.speaker.name} offers no ${what}`);
    }
  }

  /** Place an order at a seller, or cancel one, once. Throws as `answer`. */
  async say(sent: Sent): Promise<Response> {
    const parts: Parts = { json: sent.body, headers: sent.headers ?? {}, safe: false, once: true };
    return this.#made(sent.method ?? "POST", sent.path, parts);
  }

  /** Ask a seller how a task stands, after so many seconds. Throws as `answer`, and UnreadableAnswer. */
  async ask(speaker: Speaker, known: { id: string }, after = 0): Promise<HouseTask> {
    await new Promise((wake) => setTimeout(wake, after * 1000));
    const answer = await this.#made("GET", speaker.query(known.id), {});
    const found = await told(speaker, answer, { ...known });
    if (!found.id) {
      throw new NotFound(404, `${speaker.name} has no task ${known.id}`);
    }
    return found;
  }

  /** Make a call and return the answer's JSON. Throws ApiError, Unreachable, NotOffered, UnreadableAnswer. */
  async call<Answer>(method: string, path: string, shape: Shape, parts: Parts = {}): Promise<Answer> {
    return readAs<Answer>(shape, await this.answer(method, path, parts));
  }

  /** Delete something; what is not there any more, after an answer that was lost, is deleted. Throws as `call`. */
  async remove(path: string): Promise<void> {
    const answer = await this.answer("DELETE", path);
    if (answer.ok) {
      await readAs(DELETED, answer);
    }
  }

  /** Make a call and return the answer. Throws ApiError, Unreachable, NotOffered. */
  async answer(method: string, path: string, parts: Parts = {}): Promise<Response> {
    this.house(path);
    return this.#made(method, path, parts);
  }

  async #made(method: string, path: string, parts: Parts): Promise<Response> {
    const patience = new Patience(this.retrySeconds, parts.safe ?? true, parts.once);
    const body = parts.form ?? parts.bytes ?? (parts.json === undefined ? null : JSON.stringify(parts.json));
    const headers: Record<string, string> = { ...this.#authorized(), ...parts.headers };
    if (parts.json !== undefined) {
      headers["content-type"] = "application/json";
    }
    new Request(this.#address(path, parts.query)); // what can't be called is told at once
    for (;;) {
      const signal = either(AbortSignal.timeout((this.timeoutSeconds + (parts.held ?? 0)) * 1000), parts.signal);
      let answer: Response;
      try {
        answer = await whole(await fetch(this.#address(path, parts.query), { method, headers, body, signal }));
      } catch (error) {
        parts.signal?.throwIfAborted();
        await patience.afterSilence(error);
        continue;
      }
      const gone = method === "DELETE" && answer.status === 404 && patience.again; // the first answer was lost
      if (answer.ok || gone) {
        return answer;
      }
      await patience.after(answer);
    }
  }

  /** Yield a stream's events; after a break it goes on behind the last one. Throws ApiError, Unreachable. */
  async *events(path: string, query: object, last: string, stop?: AbortSignal): AsyncGenerator<TaskEvent> {
    this.house("events");
    new Request(this.#address(path, query)); // what can't be called is told at once
    let patience = new Patience(this.retrySeconds, true);
    for (;;) {
      const silence = new AbortController();
      const listen = () => setTimeout(() => silence.abort(new Error("the stream fell silent")), STREAM_MS);
      let timer = listen();
      try {
        const headers = { ...this.#authorized(), ...(last ? { "last-event-id": last } : {}) };
        const signal = either(silence.signal, stop);
        const answer = await fetch(this.#address(path, query), { headers, signal });
        if (answer.status === 204) {
          return;
        }
        if (!answer.ok || answer.body === null) {
          await patience.after(answer);
          continue;
        }
        const reader = new EventReader(answer);
        const decoder = new TextDecoder();
        const pieces = answer.body.getReader();
        for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) {
          clearTimeout(timer);
          for (const event of reader.feed(decoder.decode(piece.value, { stream: true }))) {
            patience = new Patience(this.retrySeconds, true);
            last = event.id || last;
            yield event;
          }
          timer = listen();
        }
      } catch (error) {
        stop?.throwIfAborted();
        if (error instanceof TypeError || silence.signal.aborted) {
          await patience.afterSilence(error);
          continue;
        }
        throw error;
      } finally {
        clearTimeout(timer);
        silence.abort();
      }
      await patience.afterEnd();
    }
  }

  #address(path: string, query: object = {}): string {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return this.#base + path + (text && `?${text}`);
  }

  #authorized(): Record<string, string> {
    return { authorization: `${this.speaker?.scheme ?? "Bearer"} ${this.#key}` };
  }
}

/** Return an answer once all of it has come: one that breaks off is no answer. Throws as `fetch`. */
async function whole(answer: Response): Promise<Response> {
  const bytes = await answer.arrayBuffer();
  const { status, statusText, headers } = answer;
  const made = new Response(bytes.byteLength ? bytes : null, { status, statusText, headers });
  return Object.defineProperty(made, "url", { value: answer.url }); // for errors to name
}

/** Return a signal that follows both. */
function either(first: AbortSignal, second: AbortSignal | undefined): AbortSignal {
  return second === undefined ? first : AbortSignal.any([first, second]);
}
