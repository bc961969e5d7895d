// A task's card follows the task; its film is stepped by frames; what is asked for of a request or an answer is fetched.

followTask(document.getElementById("card"));
const film = document.querySelector("#card video[data-fps]");
if (film) stepFrames(film, Number(film.dataset.fps), Number(film.dataset.frames));
document.addEventListener("change", fetchPiece);

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

function stepFrames(shown, fps, frames) {
  const told = document.querySelector("[data-at]");
  const at = () => Math.min(frames - 1, Math.max(0, Math.floor(shown.currentTime * fps + 0.01)));
  const tell = () => {
    const minutes = Math.floor(at() / fps / 60);
    const seconds = (at() / fps - 60 * minutes).toFixed(2).padStart(5, "0");
    told.textContent = `${minutes}:${seconds} · ${told.dataset.at} ${at() + 1} / ${frames}`;
  };
  const step = (by) => {
    shown.pause();
    shown.currentTime = (Math.min(frames - 1, Math.max(0, at() + by)) + 0.5) / fps; // the middle of a frame shows that frame
  };
  const follow = () => {
    tell();
    shown.requestVideoFrameCallback?.(follow);
  };
  follow();
  for (const name of ["seeking", "seeked", "timeupdate", "loadedmetadata"]) shown.addEventListener(name, tell);
  for (const button of document.querySelectorAll("[data-step]")) button.addEventListener("click", () => step(Number(button.dataset.step)));
  document.addEventListener("keydown", (event) => {
    const by = { ",": -1, ".": 1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    step(by);
  });
}

async function fetchPiece(event) {
  const piece = event.target.closest("[data-piece]");
  if (!piece) return;
  const name = event.target.name;
  const answer = await fetch(`${piece.dataset.piece}?${new URLSearchParams(new FormData(event.target.form))}`);
  if (answer.redirected) return location.assign(answer.url); // the session has ended
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  piece.replaceChildren(...page.body.childNodes);
  piece.querySelector(`[name="${name}"]`)?.focus();
}
