// The TypeScript client in the sellers' and vendors' own APIs: prints what came of an order at each.
import fs from "node:fs";

const { REELGATE, REELGATE_URL, PICTURE, MODELS, FLAKY } = process.env;
const { Reelgate } = await import(REELGATE);

async function thrown(call) {
  try {
    await call();
  } catch (error) {
    return error.name;
  }
  throw new Error("nothing was thrown");
}

async function ordered(dialect, model) {
  const client = new Reelgate(REELGATE_URL, { dialect });
  const order = { model, image: PICTURE, resolution: "720p" };
  const task = await client.generate("she turns to the camera", { ...order, duration: 5 });
  const begun = [Boolean(task.id), task.ended, (await client.get(task.id)).id === task.id];
  const path = await (await task.wait({ timeout: 480 })).save(`${dialect}.mp4`);
  const refusals = [
    await thrown(() => client.generate("x", { ...order, duration: 99 })),
    await thrown(() => client.get("task_that_is_not_there")),
    await thrown(() => client.balance()),
    await thrown(() => task.timeline()),
    await thrown(() => task.events().next()),
    await thrown(() => client.tasks().next()),
  ];
  return [dialect, { begun, film: fs.readFileSync(path).subarray(4, 8).toString(), refusals, model: task.raw.model }];
}

const found = await Promise.all(Object.entries(JSON.parse(MODELS)).map(([dialect, model]) => ordered(dialect, model)));
const seller = new Reelgate(FLAKY, { dialect: "anyfast", retrySeconds: 5 });
const lost = [];
for (let at = 0; at < 3; at++) {
  lost.push(await thrown(() => seller.generate("x", { model: "happyhorse-1.0-t2v" })));
}
const unknown = await thrown(() => Promise.resolve().then(() => new Reelgate("", { dialect: "kling" })));
console.log(JSON.stringify({ ...Object.fromEntries(found), lost, unknown }));
