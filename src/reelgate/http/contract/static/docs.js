// Searches the list of routes; without a script the list is there in full.
const search = document.getElementById("search");
const found = document.getElementById("found");
const entries = [...document.querySelectorAll("[data-words]")].map((item) => [item, item.dataset.words.toLowerCase()]);
const groups = [...document.querySelectorAll(".rail .group")];

const narrow = () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let left = 0;
  for (const [item, text] of entries) {
    item.hidden = !words.every((word) => text.includes(word));
    left += item.hidden ? 0 : 1;
  }
  for (const group of groups) group.hidden = !group.querySelector("li:not([hidden])");
  found.textContent = words.length ? `${left} found` : "";
};

search.hidden = false;
search.addEventListener("input", narrow);
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== search) {
    event.preventDefault();
    search.focus();
  }
});
narrow();
