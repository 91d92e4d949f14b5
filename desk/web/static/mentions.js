// The choice of another brand: b opens the fold of the story in focus, a digit presses one of its buttons, Escape closes.

const TYPED = "textarea, select, input:not([type=hidden])";
const opened = () => document.activeElement.closest("details.choice[open]");

function open() {
  const fold = document.activeElement.closest(".row")?.querySelector("details.choice");
  if (!fold) return;
  fold.open = true;
  fold.querySelector("button").focus();
}

function close(fold) {
  fold.open = false;
  fold.closest(".row").querySelector(".row-link").focus();
}

// Before keys.js hears of it, for which a digit is a sentiment.
document.addEventListener("keydown", (e) => {
  if (e.target.matches(TYPED) || e.ctrlKey || e.metaKey || e.altKey || e.repeat || document.querySelector("dialog[open]")) return;
  const fold = opened();
  if (e.key === "b") open();
  else if (fold && e.key === "Escape") close(fold);
  else if (fold && /^\d$/.test(e.key)) fold.querySelector(`[data-pick="${e.key}"]`)?.click();
  else return;
  e.preventDefault();
  e.stopPropagation();
}, true);
