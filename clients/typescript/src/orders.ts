/** The names under which a client orders: an order that failed in doubt and is placed again is the same one. */

/** For which the server remembers as well that an answer was not delivered. */
const DOUBT_MS = 60_000;
const MOST = 256;

/**
 * Draws the Idempotency-Key of each create that has none of its caller's. A create that ended without an answer may
 * have made its task: where its program places the same order again, it has the key of then, once.
 */
export class OrderNames {
  readonly #doubtful = new Map<string, { order: string; since: number }>();

  /** Return the key for an order: that of an equal one in doubt, else a new one. */
  name(order: string): string {
    for (const [key, one] of this.#doubtful) {
      if (performance.now() - one.since > DOUBT_MS) {
        this.#doubtful.delete(key);
      } else if (one.order === order) {
        this.#doubtful.delete(key);
        return key;
      }
    }
    return crypto.randomUUID();
  }

  /** Note that nobody knows what became of an order. */
  doubt(key: string, order: string): void {
    this.#doubtful.set(key, { order, since: performance.now() });
    const [oldest] = this.#doubtful.keys();
    if (this.#doubtful.size > MOST && oldest !== undefined) {
      this.#doubtful.delete(oldest);
    }
  }
}
