// The TypeScript client on a bad line: answers that are lost, refusals that pass, streams that break.
import fs from "node:fs";

const { Reelgate } = await import(process.env.REELGATE);
const client = new Reelgate(undefined, { retrySeconds: 20 });
const task = await client.generate("a lighthouse", { model: "animatic" });
const events = [];
await task.wait({ onProgress: ({ state, progress }) => events.push([state, progress]) });
const once = await client.webhooks.test("wh_1").catch((error) => error.name);
const hasty = new Reelgate(undefined, { retrySeconds: 0 });
const lost = await hasty.generate("a lighthouse", { model: "animatic" }).catch((error) => error.name);
await hasty.generate("a lighthouse", { model: "animatic" });
await hasty.generate("a lighthouse", { model: "animatic" });
const cut = await hasty.generate("a lighthouse", { model: "animatic" }).catch((error) => error.name);
await hasty.generate("a lighthouse", { model: "animatic" });
const strange = await hasty.generate("a lighthouse", { model: "animatic" }).catch((error) => error.name);
await hasty.generate("a lighthouse", { model: "animatic" });
const names = [];
for (const name of ["../../admin?x=/#", "", ".", ".."]) {
  for (const call of [hasty.get, hasty.cancel, hasty.delete, hasty.model]) {
    names.push(await call.call(hasty, name).catch((error) => error.name));
  }
}
// A part that is here is not gone on from where the link leads to another file.
const film = `${process.env.FOLDER}/out.mp4`;
fs.writeFileSync(`${film}.part`, "film");
fs.writeFileSync(`${film}.part.etag`, '"one"');
await (await hasty.get("task_1")).save(film);
const saved = fs.readFileSync(film, "utf8");
const gone = await (await hasty.get("task_1")).save(film).catch(({ name, message }) => `${name}: ${message}`);
const another = await hasty.balance().catch(({ name, message }) => `${name}: ${message}`);
const told = [["localhost:8000", "k"], ["http://127.0.0.1:1", "sk-…"], ["http://127.0.0.1:1", "sk-1\nx"]].map(([url, key]) => {
  try {
    return new Reelgate(url, { key });
  } catch ({ name, message }) {
    return `${name}: ${message}`;
  }
});
console.log(JSON.stringify({ events, once, lost, cut, strange, names, saved, gone, another, told }));
