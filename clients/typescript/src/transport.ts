/** Calls to the server, again while it is away. */

import { Patience } from "./retries.js";
import { EventReader, type TaskEvent } from "./sse.js";

/** Silence of a stream after which it is asked for anew; a server that lives says something every 15 s. */
const STREAM_MS = 60_000;

/** What a call may say beside its address. */
export interface Parts {
  query?: object;
  json?: unknown;
  form?: FormData;
  headers?: Record<string, string>;
  /** Whether it may be done twice; else it is repeated only where it was certainly not done. */
  safe?: boolean;
  signal?: AbortSignal | undefined;
}

export class Transport {
  readonly #base: string;

  constructor(
    baseUrl: string,
    readonly key: string,
    readonly timeoutSeconds: number,
    readonly retrySeconds: number,
  ) {
    this.#base = baseUrl.replace(/\/+$/, "");
  }

  /** Make a call and return the answer's JSON. Throws ApiError, Unreachable. */
  async call<Answer>(method: string, path: string, parts: Parts = {}): Promise<Answer> {
    return (await (await this.answer(method, path, parts)).json()) as Answer;
  }

  /** Make a call and return the answer. Throws ApiError, Unreachable. */
  async answer(method: string, path: string, parts: Parts = {}): Promise<Response> {
    const patience = new Patience(this.retrySeconds, parts.safe ?? true);
    const body = parts.form ?? (parts.json === undefined ? null : JSON.stringify(parts.json));
    const headers: Record<string, string> = { ...this.#authorized(), ...parts.headers };
    if (parts.json !== undefined) {
      headers["content-type"] = "application/json";
    }
    for (;;) {
      const signal = either(AbortSignal.timeout(this.timeoutSeconds * 1000), parts.signal);
      let answer: Response;
      try {
        answer = await fetch(this.#address(path, parts.query), { method, headers, body, signal });
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
        const reader = new EventReader();
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
    return { authorization: `Bearer ${this.key}` };
  }
}

/** Return a signal that follows both. */
function either(first: AbortSignal, second: AbortSignal | undefined): AbortSignal {
  return second === undefined ? first : AbortSignal.any([first, second]);
}
