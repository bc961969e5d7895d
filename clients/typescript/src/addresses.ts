/** Names of things as they stand in an address. */

import { NotFound } from "./errors.js";

/** What an address reads as a step, and not as a name. */
const STEPS = new Set(["", ".", ".."]);

/** Return an id as a part of an address, whatever is in it. Throws NotFound for what can't be the name of anything. */
export function part(name: string): string {
  if (STEPS.has(name)) {
    throw new NotFound(404, `nothing is called "${name}"`);
  }
  return encodeURIComponent(name);
}
