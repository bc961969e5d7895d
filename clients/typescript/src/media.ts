/** Inputs in whatever form a program has them. */

/** An address, a path (in Node), bytes, or a Blob or File. */
export type Input = string | URL | Blob | Uint8Array | ArrayBuffer;

const ADDRESS = /^(https?:|data:|asset:|oss:)/;
const TYPES: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  webp: "image/webp",
  mp4: "video/mp4",
  mov: "video/quicktime",
  mp3: "audio/mpeg",
  wav: "audio/wav",
};
const PIECE = 0x8000;

/** Return an input as the server takes it: an address, or a data URI. */
export async function address(input: Input): Promise<string> {
  if (input instanceof URL || (typeof input === "string" && ADDRESS.test(input))) {
    return String(input);
  }
  const blob = await content(input as Exclude<Input, URL>);
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return `data:${blob.type || "application/octet-stream"};base64,${btoa(text)}`;
}

/** Return an input's bytes; a text is a path, which Node alone can read. */
export async function content(input: Exclude<Input, URL>): Promise<Blob> {
  if (input instanceof Blob) {
    return input;
  }
  if (typeof input !== "string") {
    return new Blob([input as BlobPart]);
  }
  const { readFile } = await node<{ readFile(path: string): Promise<Uint8Array> }>("node:fs/promises");
  const type = TYPES[input.split(".").pop()?.toLowerCase() ?? ""] ?? "application/octet-stream";
  return new Blob([(await readFile(input)) as BlobPart], { type });
}

/** Load a module of Node's; there is none in a browser. */
export async function node<Module>(name: string): Promise<Module> {
  try {
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as Module;
  } catch (cause) {
    throw new TypeError(`a path needs Node (${name}); in a browser pass a Blob or File, and save with blob()`, { cause });
  }
}
