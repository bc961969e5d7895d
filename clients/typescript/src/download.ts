/** A file that is being downloaded in Node: the part that is here, what it is part of, and its checksum. */

import { ApiError, DamagedFile } from "./errors.js";
import { node } from "./media.js";
import { Patience } from "./retries.js";

interface FileSystem {
  appendFile(path: string, data: Uint8Array | string): Promise<void>;
  readFile(path: string, encoding: "utf8"): Promise<string>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { force: boolean }): Promise<void>;
  stat(path: string): Promise<{ size: number }>;
  writeFile(path: string, data: Uint8Array | string): Promise<void>;
}

interface Files {
  createReadStream(path: string): AsyncIterable<Uint8Array>;
}

interface Hashes {
  createHash(name: "sha256"): { update(data: Uint8Array): unknown; digest(form: "hex"): string };
}

const SHA256 = /^"([0-9a-f]{64})"$/;

/** Save what a signed link gives, whole or not at all; go on where an earlier try stopped. */
export async function download(url: string, path: string, retrySeconds: number): Promise<string> {
  const files = await node<FileSystem>("node:fs/promises");
  const part = `${path}.part`;
  const tagFile = `${part}.etag`;
  const patience = new Patience(retrySeconds, true);
  for (let damaged = false; ; ) {
    const size = await files.stat(part).then(({ size }) => size, () => 0);
    let tag = size ? await files.readFile(tagFile, "utf8").catch(() => "") : "";
    try {
      const answer = await fetch(url, { headers: tag ? { range: `bytes=${size}-`, "if-range": tag } : {} });
      if (answer.status >= 500 || answer.status === 429) {
        await patience.after(answer);
        continue;
      }
      if (ofAnother(answer, tag, size)) {
        await answer.body?.cancel();
        await files.rm(part, { force: true });
        continue;
      }
      if (answer.status !== 416 || !tag) {
        if (!answer.ok || answer.body === null) {
          throw new ApiError(answer.status, "the file's link was refused; get the task again for a fresh one");
        }
        if (answer.status === 200) {
          await files.writeFile(part, "");
        }
        tag = answer.headers.get("etag") ?? "";
        await files.writeFile(tagFile, tag);
        for await (const piece of answer.body) {
          await files.appendFile(part, piece);
        }
      } // else all of it is here, as its checksum will show
    } catch (error) {
      if (!(error instanceof TypeError)) {
        throw error;
      }
      await patience.afterSilence(error);
      continue;
    }
    const told = SHA256.exec(tag)?.[1];
    await files.rm(tagFile, { force: true });
    if (told === undefined || told === (await digest(part))) {
      await files.rename(part, path);
      return path;
    }
    await files.rm(part, { force: true });
    if (damaged) {
      throw new DamagedFile(`${path} does not fit its checksum; download it again`);
    }
    damaged = true;
  }
}

/**
 * Whether an answer is of another file than the part that is here: stores that do not know If-Range give the rest of
 * whatever the link leads to.
 */
function ofAnother(answer: Response, tag: string, size: number): boolean {
  if (answer.status === 416) {
    return tag !== "" && !SHA256.test(tag);
  }
  const begins = (answer.headers.get("content-range") ?? "").startsWith(`bytes ${size}-`);
  return answer.status === 206 && tag !== "" && !(begins && answer.headers.get("etag") === tag);
}

async function digest(path: string): Promise<string> {
  const { createReadStream } = await node<Files>("node:fs");
  const hash = (await node<Hashes>("node:crypto")).createHash("sha256");
  for await (const piece of createReadStream(path)) {
    hash.update(piece);
  }
  return hash.digest("hex");
}
