/** What the client throws: the same classes as the Python client's. */

import type { HouseErrorAnswer } from "./schema.js";
import type { Task } from "./task.js";

/** A call or a task did not succeed. */
export class ReelgateError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** What a refusal says beside its words. */
export interface Refusal {
  code?: string;
  /** The field at fault, where one is. */
  field?: string;
  /** What that field takes. */
  allowed?: string;
  /** What the server calls the request in its log. */
  requestId?: string;
}

/** The server refused a call. */
export class ApiError extends ReelgateError {
  readonly code: string;
  readonly field: string;
  readonly allowed: string;
  readonly requestId: string;

  constructor(
    readonly status: number,
    message: string,
    told: Refusal = {},
  ) {
    super(message);
    this.code = told.code ?? "";
    this.field = told.field ?? "";
    this.allowed = told.allowed ?? "";
    this.requestId = told.requestId ?? "";
  }
}

/** 400, 413, 415, 422: the call has to be changed. */
export class InvalidRequest extends ApiError {}
/** 401: no key, or one that opens nothing. */
export class WrongKey extends ApiError {}
/** 402: the balance or a limit on spending stands against it. */
export class NoFunds extends ApiError {}
/** 403: the key may not do that. */
export class Forbidden extends ApiError {}
/** 404: there is no such thing for this key. */
export class NotFound extends ApiError {}
/** 409: the state of things does not allow it. */
export class Conflict extends ApiError {}
/** 429: too much at a time; it was tried for as long as `retrySeconds`. */
export class RateLimited extends ApiError {}
/** 5xx: the server's mistake, or it was away for that long. */
export class ServerFailed extends ApiError {}
/** An answer that is not what the server gives. What was asked for may have been done. */
export class UnreadableAnswer extends ApiError {}

/** Nobody answered; `cause` says what happened last. */
export class Unreachable extends ReelgateError {}

/** A seller's API has nothing of the kind. */
export class NotOffered extends ReelgateError {}

/** A task ended without a video. */
export class TaskFailed extends ReelgateError {
  /** The reason, as one word. */
  readonly code: string;

  constructor(readonly task: Task) {
    super(task.error || `the task ${task.id} ${task.state}`);
    this.code = task.errorCode;
  }
}

/** A task did not end in time. It goes on. */
export class WaitedTooLong extends ReelgateError {
  constructor(
    readonly task: Task,
    seconds: number,
  ) {
    super(`the task ${task.id} is ${task.state} after ${seconds} s; it continues at the server`);
  }
}

/** What was downloaded is not what the server has. */
export class DamagedFile extends ReelgateError {}

/** A message is not this server's, or too old. */
export class WrongSignature extends ReelgateError {}

const KINDS: Record<number, typeof ApiError> = {
  400: InvalidRequest,
  401: WrongKey,
  402: NoFunds,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  413: InvalidRequest,
  415: InvalidRequest,
  422: InvalidRequest,
  429: RateLimited,
};

/** Read a refusal; a body that is not the server's own is shown as it came, shortened. */
export async function refusal(answer: Response): Promise<ApiError> {
  const Kind = KINDS[answer.status] ?? (answer.status >= 500 ? ServerFailed : ApiError);
  const requestId = answer.headers.get("x-request-id") ?? "";
  const text = await answer.text().catch(() => "");
  try {
    const { error } = JSON.parse(text) as HouseErrorAnswer;
    if (typeof error.message !== "string") {
      throw new TypeError("that is another server's refusal");
    }
    const told = { code: error.code, field: error.param, allowed: error.allowed, requestId };
    return new Kind(answer.status, error.message, told);
  } catch {
    return new Kind(answer.status, `HTTP ${answer.status}: ${text.slice(0, 200)}`, { requestId });
  }
}
