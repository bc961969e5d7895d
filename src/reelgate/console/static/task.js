// A task's card follows the task.

followTask(document.getElementById("card"));

function followTask(shown) {
  if (!shown.dataset.live) return;
  const source = new EventSource(shown.dataset.live);
  let most = 0;
  const moved = (event) => {
    const task = JSON.parse(event.data);
    most = Math.max(most, task.progress);
    const bar = shown.querySelector("progress");
    const percent = shown.querySelector("[data-percent]");
    if (bar) bar.value = most;
    if (percent) percent.textContent = `${most} %`;
    if (event.type !== "task.progress") refresh(task.finished_at ? source : null);
  };
  for (const name of ["progress", ...shown.dataset.states.split(" ")]) source.addEventListener(`task.${name}`, moved);
}

async function refresh(source) {
  source?.close();
  const shown = document.getElementById("card");
  const answer = await fetch(`/console/tasks/${encodeURIComponent(shown.dataset.task)}/card`);
  if (!answer.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("card");
  if (source) return location.reload(); // facts and cost beside the card are final now
  shown.querySelector(".state").replaceWith(fresh.querySelector(".state"));
  const waiting = fresh.querySelector(".waiting");
  if (waiting) shown.querySelector(".waiting").replaceWith(waiting);
}
