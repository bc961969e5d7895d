// A task's film is stepped by frames; what is asked for of a request or an answer is fetched.

const film = document.querySelector("#card video[data-fps]");
if (film) stepFrames(film, Number(film.dataset.fps), Number(film.dataset.frames));
document.addEventListener("change", fetchPiece);
for (const shown of document.querySelectorAll("#card video")) {
  shown.addEventListener("error", () => renewLink(shown));
  if (shown.error) renewLink(shown);
}

// A link ends with its day: another is asked for once; where that doesn't help either, the page says so.
async function renewLink(shown, asked = false) {
  shown.parentElement.querySelector("[data-why]")?.remove();
  if (asked || !shown.dataset.renewed) {
    shown.dataset.renewed = "yes";
    const answer = await fetch(`/console/tasks/${encodeURIComponent(shown.parentElement.dataset.task)}/card`).catch(() => null);
    const text = answer?.ok ? await answer.text().catch(() => "") : "";
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("#card video");
    if (fresh) {
      const at = shown.currentTime;
      shown.src = fresh.src;
      shown.currentTime = at;
      shown.parentElement.querySelector("[download]").href = fresh.src;
      return;
    }
  }
  const told = trouble("film");
  told.querySelector("button").addEventListener("click", () => renewLink(shown, true));
  shown.after(told);
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

let asking = new AbortController();
async function fetchPiece(event) {
  const piece = event.target.closest("[data-piece]");
  if (!piece) return;
  const name = event.target.name;
  asking.abort();
  asking = new AbortController();
  const address = `${piece.dataset.piece}?${new URLSearchParams(new FormData(event.target.form))}`;
  let [page, why] = [null, "away"];
  try {
    const answer = await fetch(address, { signal: asking.signal });
    why = answer.redirected ? "ended" : "away";
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch (error) {
    if (error.name === "AbortError") return;
  }
  if (page?.querySelector("section#forms, section#answer")) {
    const held = piece.contains(document.activeElement);
    piece.replaceChildren(...page.body.childNodes);
    if (held) piece.querySelector(`[name="${name}"]`)?.focus();
    return;
  }
  piece.querySelector("[data-why]")?.remove();
  const told = trouble(why);
  told.querySelector("button").addEventListener("click", () => fetchPiece(event));
  piece.querySelector("pre, .note")?.before(told);
}

function trouble(why) {
  const told = document.getElementById("trouble").content.querySelector(`[data-why=${why}]`).cloneNode(true);
  told.setAttribute("role", "alert");
  return told;
}
