// Keys. Everything they do can be done by pointer, touch or tab as well.

const $ = (id) => document.getElementById(id);
const TYPED = "textarea, select, input:not([type=hidden])";
const PRESSED = ["a", "1", "2", "3", "x", "u"];
const here = document.body.dataset.incident;

function move(step) {
  const links = [...document.querySelectorAll(".row-link")];
  const at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)];
  next?.focus();
}

function go(name) {
  const row = document.activeElement.closest(".row");
  const target = (row || (here && document))?.querySelector(`[data-key="${name}"]`);
  const fold = target?.closest("details");
  if (fold) fold.open = true;
  if (PRESSED.includes(name) || target?.matches("a")) target?.click();
  else target?.focus();
}

const keys = $("keys");
const help = () => (keys.open ? keys.close() : keys.showModal());
const acts = { ...Object.fromEntries(["1", "2", "3", "x", "t", "u"].map((key) => [key, () => go(key)])), j: () => move(1), k: () => move(-1), a: () => go("a"), e: () => go("e"), n: () => go("n"),
  "/": () => $("filter")?.focus(), "?": help };
$("show-keys").onclick = help;

document.addEventListener("keydown", (e) => {
  const typing = e.target.matches(TYPED);
  if (e.key === "Escape" && typing) e.target.blur();
  if (typing || (keys.open && e.key !== "?") || e.ctrlKey || e.metaKey || e.altKey || e.repeat || !(e.key in acts)) return;
  e.preventDefault();
  acts[e.key]();
});
$("show-keys").hidden = false;
// After a correction the page is loaded anew at its story. The browser's own jump there takes the focus away first.
const aim = (row) => row?.querySelector("[autofocus]") || row?.querySelector(".row-link");
if (location.hash) addEventListener("load", () => requestAnimationFrame(() => aim($(location.hash.slice(1)))?.focus()));
