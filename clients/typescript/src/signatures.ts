/** Checks that a webhook's message is what a Reelgate server sent, by Standard Webhooks. */

import { WrongSignature } from "./errors.js";
import type { TaskMessage, TestMessage } from "./schema.js";

/**
 * Return a message's JSON. Throws WrongSignature.
 *
 * `body` is what came, byte for byte. `secret` is the webhook's `whsec_…`, or its public key `whpk_…`.
 */
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: Headers | Record<string, string | string[] | undefined>,
  secret: string,
  { tolerance = 300 }: { tolerance?: number } = {},
): Promise<TaskMessage | TestMessage> {
  const found = headers instanceof Headers ? headers : plain(headers);
  const [id, stamp, signatures] = ["id", "timestamp", "signature"].map((name) => found.get(`webhook-${name}`));
  if (!id || !signatures || !stamp || !/^[0-9]+$/.test(stamp)) {
    throw new WrongSignature("the headers webhook-id, webhook-timestamp and webhook-signature must be there");
  }
  if (Math.abs(Date.now() / 1000 - Number(stamp)) > tolerance) {
    throw new WrongSignature(`the message was signed more than ${tolerance} s from now`);
  }
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  const sent = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const head = new TextEncoder().encode(`${id}.${stamp}.`);
  const signed = new Uint8Array(head.length + sent.length);
  signed.set(head);
  signed.set(sent, head.length);
  const isPublic = secret.startsWith("whpk_");
  const method = isPublic ? { name: "Ed25519" } : { name: "HMAC", hash: "SHA-256" };
  const bytes = decoded(secret.replace(/^whsec_|^whpk_/, ""));
  const key = await crypto.subtle.importKey("raw", bytes, method, false, ["verify"]);
  for (const one of signatures.split(" ")) {
    const [version, signature] = one.split(",");
    if (version !== (isPublic ? "v1a" : "v1") || !signature) {
      continue;
    }
    if (await crypto.subtle.verify(method.name, key, decoded(signature), signed)) {
      return JSON.parse(text) as TaskMessage | TestMessage;
    }
  }
  throw new WrongSignature("no signature of the message is this webhook's");
}

function plain(headers: Record<string, string | string[] | undefined>): Headers {
  const found = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase().startsWith("webhook-") && value !== undefined) {
      found.set(name, String(value));
    }
  }
  return found;
}

function decoded(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}
