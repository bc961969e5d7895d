/** Whether a call is made again, and when. */

import { type ReelgateError, refusal, Unreachable } from "./errors.js";

const PASSING = new Set([429, 502, 503, 504]);
const FIRST_MS = 200;
const LONGEST_MS = 5_000;
const LONGEST_ASKED_MS = 60_000;
/** Nobody was there: nothing has happened. Browsers don't tell. */
const NOBODY = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/**
 * How long one call is made again. `safe`: made twice it does no more than once. `once`: only what was certainly not done
 * is done again, so not what a proxy or a busy server answers either.
 */
export class Patience {
  /** Whether the call was made before. */
  again = false;
  readonly #end: number;
  #pause = FIRST_MS;

  constructor(
    readonly seconds: number,
    readonly safe: boolean,
    readonly once = false,
  ) {
    this.#end = performance.now() + seconds * 1000;
  }

  /** Wait before the next try after silence. Throws Unreachable where there is to be none. */
  async afterSilence(cause: unknown): Promise<void> {
    if (!this.safe && !NOBODY.has(codeOf(cause))) {
      throw new Unreachable(`no answer came, and the call may have been done: ${String(cause)}`, { cause });
    }
    await this.#next(0, new Unreachable(`no answer for ${this.seconds} s: ${String(cause)}`, { cause }));
  }

  /** Wait before the next try after a refusal. Throws ApiError where there is to be none. */
  async after(answer: Response): Promise<void> {
    const error = await refusal(answer);
    const told = answer.headers.get("x-should-retry");
    const inDoubt = this.safe && answer.headers.has("x-reelgate-task-id");
    const passing = (this.once ? answer.status === 429 : PASSING.has(answer.status)) || (answer.status >= 500 && this.safe);
    if (!inDoubt && (told === "false" || !(passing || told === "true"))) {
      throw error;
    }
    const asked = Number(answer.headers.get("retry-after") ?? 0) * 1000;
    await this.#next(Math.min(asked || 0, LONGEST_ASKED_MS), error);
  }

  /** Wait before a stream that ended early is asked for anew. Throws Unreachable. */
  async afterEnd(): Promise<void> {
    await this.#next(0, new Unreachable(`the stream ended again and again for ${this.seconds} s`));
  }

  async #next(least: number, error: ReelgateError): Promise<void> {
    const pause = Math.max(least, this.#pause * (0.5 + Math.random()));
    this.#pause = Math.min(2 * this.#pause, LONGEST_MS);
    if (performance.now() + pause > this.#end) {
      throw error;
    }
    this.again = true;
    await new Promise((wake) => setTimeout(wake, pause));
  }
}

function codeOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string } } | undefined)?.cause;
  return cause?.code ?? "";
}
