// The TypeScript client orders, says so, and waits: the test ends the server meanwhile, and starts it again.
const { Reelgate } = await import(process.env.REELGATE);
const client = new Reelgate();
const task = await client.generate("a lighthouse", { model: "animatic", duration: 1 });
console.log(task.id);
const seen = [];
await task.wait({ onProgress: ({ state }) => seen.push(state) });
await task.save(`${process.env.FOLDER}/film.mp4`);
console.log(JSON.stringify({ state: task.state, seen }));
