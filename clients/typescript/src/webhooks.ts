/** The project's webhooks. */

import { part } from "./addresses.js";
import type {
  DeliveryAnswer,
  DeliveryPage,
  DeliveryWithBody,
  Replayed,
  WebhookAnswer,
  WebhookChange,
  WebhookList,
  WebhookOrder,
  WebhookWithSecret,
} from "./schema.js";
import { DELIVERIES, DELIVERY, REPLAYED, type Shape, WEBHOOK, WEBHOOKS } from "./shapes.js";
import type { Parts, Transport } from "./transport.js";

/** `client.webhooks`. Every method throws ApiError, Unreachable. */
export class Webhooks {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Register an address; `secret` in the answer is shown this once. Without `events` it gets ends only. */
  create(url: string, more: Omit<WebhookOrder, "url"> = {}): Promise<WebhookWithSecret> {
    return this.#call("POST", "", WEBHOOK, { json: { url, ...more }, safe: false });
  }

  /** Return the project's webhooks. */
  async all(): Promise<WebhookAnswer[]> {
    return (await this.#call<WebhookList>("GET", "", WEBHOOKS)).data;
  }

  get(id: string): Promise<WebhookAnswer> {
    return this.#call("GET", `/${part(id)}`, WEBHOOK);
  }

  /** Change `url`, `events`, `note` or `enabled`. */
  update(id: string, fields: WebhookChange): Promise<WebhookAnswer> {
    return this.#call("PATCH", `/${part(id)}`, WEBHOOK, { json: fields });
  }

  /** Forget one, and what it was told. */
  async delete(id: string): Promise<void> {
    await this.#transport.remove(`/v1/webhooks/${part(id)}`);
  }

  /** Make a new `secret`; the former one signs beside it for the overlap. `callbacks` names that of tasks' own. */
  rotate(id: string, { overlapSeconds }: { overlapSeconds?: number } = {}): Promise<WebhookWithSecret> {
    const json = overlapSeconds === undefined ? {} : { overlap_seconds: overlapSeconds };
    return this.#call("POST", `/${part(id)}/rotate`, WEBHOOK, { json, safe: false });
  }

  /** Send a message that is about no task; return its delivery. */
  test(id: string): Promise<DeliveryAnswer> {
    return this.#call("POST", `/${part(id)}/test`, DELIVERY, { safe: false });
  }

  /** Yield what was sent, newest first. */
  async *deliveries(filters: { webhook?: string; task?: string; status?: string } = {}): AsyncGenerator<DeliveryAnswer> {
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: DeliveryPage = await this.#call("GET", "/deliveries", DELIVERIES, { query: { ...filters, cursor } });
      yield* page.data;
      cursor = page.has_more ? page.next_cursor : null;
    }
  }

  /** Return one delivery, with the body that was sent last. */
  delivery(id: string): Promise<DeliveryWithBody> {
    return this.#call("GET", `/deliveries/${part(id)}`, DELIVERY);
  }

  /** Send one again, with the same id. */
  replay(id: string): Promise<DeliveryAnswer> {
    return this.#call("POST", `/deliveries/${part(id)}/replay`, DELIVERY, { safe: false });
  }

  /** Send again what a webhook was not told since then (Unix seconds), at most a thousand; return how many. */
  async replayFailed(id: string, { since = 0 }: { since?: number } = {}): Promise<number> {
    const parts = { json: { since }, safe: false };
    return (await this.#call<Replayed>("POST", `/${part(id)}/replay`, REPLAYED, parts)).replayed;
  }

  #call<Answer>(method: string, path: string, shape: Shape, parts: Parts = {}): Promise<Answer> {
    return this.#transport.call(method, `/v1/webhooks${path}`, shape, parts);
  }
}
