/** A task in hand: wait for it, follow it, save its video, cancel it. */

import { part } from "./addresses.js";
import { download } from "./download.js";
import { ApiError, NotFound, NotOffered, TaskFailed, WaitedTooLong } from "./errors.js";
import type { HouseTask, TimelineAnswer } from "./schema.js";
import { TASK, TIMELINE } from "./shapes.js";
import { isFinal, type TaskEvent } from "./sse.js";
import type { Transport } from "./transport.js";

export interface WaitOptions {
  /** Seconds after which WaitedTooLong is thrown; the task goes on. */
  timeout?: number;
  /** Called with the task whenever something happened. */
  onProgress?: (task: Task) => void;
  signal?: AbortSignal;
}

/** Between two questions where the API can't wait for a change. */
const SELLERS_SECONDS = 5;
const EXPIRED = [403, 404, 410];

export class Task {
  /** The server's last answer about it. */
  raw: HouseTask;
  /** Whether its create made nothing new: the same order had been placed before. */
  replayed = false;
  readonly #transport: Transport;

  constructor(transport: Transport, raw: HouseTask) {
    this.#transport = transport;
    this.raw = raw;
  }

  get id(): string {
    return this.raw.id;
  }

  get state(): HouseTask["state"] {
    return this.raw.state;
  }

  get progress(): number {
    return this.raw.progress;
  }

  /** Whether nothing more will happen to it. */
  get ended(): boolean {
    return this.raw.status === "completed" || this.raw.status === "failed";
  }

  /** Whether its video is there. */
  get succeeded(): boolean {
    return this.raw.status === "completed";
  }

  /** The video's signed link, "" while there is none. */
  get resultUrl(): string {
    return this.raw.result_url ?? "";
  }

  /** Why it failed, "" where it did not. */
  get error(): string {
    return this.raw.error?.message ?? "";
  }

  /** The same as one word. */
  get errorCode(): string {
    return /^\[([^\]]*)\]/.exec(this.error)?.[1] ?? "";
  }

  /** What it was charged when it ended, in millionths; null until then. */
  get chargedMicros(): number | null {
    return this.raw.price?.charged_micros ?? null;
  }

  /** Ask how it stands; with `wait` the answer comes when something has changed, or after so many seconds. */
  async refresh({ wait }: { wait?: number } = {}): Promise<this> {
    const { speaker } = this.#transport;
    if (speaker !== undefined) {
      this.raw = await this.#transport.ask(speaker, this.raw, Math.min(wait ?? 0, SELLERS_SECONDS));
      return this;
    }
    this.raw = await this.#transport.call("GET", `/v1/tasks/${part(this.id)}`, TASK, { query: { wait }, held: wait });
    return this;
  }

  /** Return once the video is there. Throws TaskFailed, WaitedTooLong, ApiError, Unreachable. */
  async wait({ timeout, onProgress, signal }: WaitOptions = {}): Promise<this> {
    const over = timeout === undefined ? undefined : AbortSignal.timeout(timeout * 1000);
    const signals = [over, signal].filter((one) => one !== undefined);
    try {
      while (!this.ended && this.#transport.speaker !== undefined) {
        over?.throwIfAborted();
        signal?.throwIfAborted();
        await this.refresh({ wait: SELLERS_SECONDS });
        onProgress?.(this);
      }
      while (!this.ended) {
        for await (const _ of this.events({ signal: AbortSignal.any(signals) })) {
          onProgress?.(this);
        }
        if (!this.ended) {
          await this.refresh();
        }
      }
    } catch (error) {
      if (over?.aborted && !signal?.aborted) {
        throw new WaitedTooLong(this, timeout ?? 0);
      }
      throw error;
    }
    if (!this.succeeded) {
      throw new TaskFailed(this);
    }
    return this;
  }

  /** Yield how the task stands, then what happens to it until it has ended. Throws ApiError, Unreachable. */
  async *events({ signal }: { signal?: AbortSignal } = {}): AsyncGenerator<TaskEvent> {
    for await (const event of this.#transport.events(`/v1/tasks/${part(this.id)}/events`, {}, "", signal)) {
      this.raw = event.task;
      yield event;
      if (isFinal(event)) {
        return;
      }
    }
  }

  /**
   * Save the video under a path (Node), whole or not at all; a download that broke off goes on where it was.
   * Throws TaskFailed where there is none, DamagedFile, ApiError, Unreachable.
   */
  async save(path: string): Promise<string> {
    return this.#linked((url) => download(url, path, this.#transport.retrySeconds));
  }

  /** Return the video's bytes, as a browser has use for them. Throws as `save`. */
  async blob(): Promise<Blob> {
    return this.#linked(async (url) => {
      const answer = await fetch(url);
      if (!answer.ok) {
        throw new ApiError(answer.status, "the file's link was refused; get the task again for a fresh one");
      }
      return answer.blob();
    });
  }

  /** Call it off. Throws Conflict where it has ended otherwise. */
  async cancel(): Promise<this> {
    const { speaker } = this.#transport;
    if (speaker !== undefined) {
      if (speaker.cancel === undefined) {
        throw new NotOffered(`${speaker.name} offers no cancel`);
      }
      await this.#transport.say(speaker.cancel(this.id));
      return this.refresh();
    }
    this.raw = await this.#transport.call("POST", `/v1/tasks/${part(this.id)}/cancel`, TASK);
    return this;
  }

  /** Remove the ended task and its files. Throws Conflict while it moves. */
  async delete(): Promise<void> {
    await this.#transport.remove(`/v1/tasks/${part(this.id)}`);
  }

  /** Return all that happened to it. */
  async timeline(): Promise<TimelineAnswer> {
    return this.#transport.call("GET", `/v1/tasks/${part(this.id)}/timeline`, TIMELINE);
  }

  async #linked<Found>(take: (url: string) => Promise<Found>): Promise<Found> {
    if (!this.resultUrl) {
      await this.wait();
    }
    for (let again = false; ; again = true) {
      if (!this.resultUrl) {
        throw new NotFound(404, `the task ${this.id} has no link to a video`);
      }
      try {
        return await take(this.resultUrl);
      } catch (error) {
        if (!(error instanceof ApiError && EXPIRED.includes(error.status))) {
          throw error;
        }
        if (again) {
          throw error.status === 403 ? error : new NotFound(error.status, `the video of ${this.id} is not there any more`);
        }
      }
      await this.refresh(); // the link has expired
    }
  }
}
