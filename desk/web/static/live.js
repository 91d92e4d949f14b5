// Live parts. Pages work without this file; it replaces parts by id as they change.

const $ = (id) => document.getElementById(id);
const all = (css, root = document) => [...root.querySelectorAll(css)];
const body = document.body;
const here = body.dataset.incident;
const TYPED = "textarea, select, input:not([type=hidden])";
const REST = 5000; // ms: a pointer still for so long is not about to press
const SILENCE = 40000; // ms: heartbeats come every 15 s
let pointer = [-1, -1, -REST];
let shownAt = Date.now();
let heardAt = shownAt;
let isLost = false;

// -- parts: what is under the pointer or being typed stays as it is

function isBusy(el) {
  const at = document.activeElement;
  if (el.contains(at) && at.matches(TYPED)) return true;
  const under = performance.now() - pointer[2] < REST && document.elementFromPoint(pointer[0], pointer[1]);
  return Boolean(under) && el.contains(under);
}

// form tokens differ on every answer: they alone are no news
function essence(el) {
  const copy = el.cloneNode(true);
  copy.classList.remove("is-new");
  all("[name=form]", copy).forEach((i) => i.remove());
  all("details", copy).forEach((d) => { d.open = false; });
  return copy.outerHTML;
}

const nameOfFold = (s) => s.closest("[id]").id + s.textContent;
const nameOf = (f) => [f.form.getAttribute("action"), f.form.elements.step?.value, f.name].join();

function swap(old, fresh) {
  const typed = new Map(all(TYPED, old).map((f) => [nameOf(f), f]));
  const open = new Set(all("[open] > summary", old).map(nameOfFold));
  const stops = "a, button, summary";
  const place = all(stops, old).indexOf(document.activeElement);
  old.replaceWith(fresh);
  for (const f of all(TYPED, fresh)) {
    const was = typed.get(nameOf(f));
    if (was?.value) f.value = was.value;
  }
  for (const f of all("summary", fresh)) f.parentElement.open = open.has(nameOfFold(f));
  all(stops, fresh)[place]?.focus({ preventScroll: true });
}

function show(page) {
  let waits = false;
  for (const fresh of all("[data-live]", page)) {
    const old = $(fresh.id);
    if (!old || essence(old) === essence(fresh)) continue;
    if (isBusy(old)) waits = true;
    else swap(old, document.importNode(fresh, true));
  }
  for (const list of all("[data-live-list]", page)) waits = arrange($(list.id), list) || waits;
  $("pending").hidden = !waits;
  shownAt = Date.now();
}

// rows come, go and move only while nobody points at the list
function arrange(list, fresh) {
  const ids = (l) => [...l.children].map((c) => c.id).join();
  if (ids(list) === ids(fresh)) return false;
  if (isBusy(list)) return true;
  const focused = document.activeElement;
  list.replaceChildren(...[...fresh.children].map((row) => $(row.id) || document.importNode(row, true)));
  if (list.contains(focused)) focused.focus({ preventScroll: true });
  return false;
}

async function ask(path) {
  const answer = await fetch(path, { cache: "no-store" });
  if (new URL(answer.url).pathname === "/sign-in") location.reload();
  if (!answer.ok) throw answer;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

let queue = Promise.resolve();
function refresh() {
  queue = queue.then(async () => {
    show(await ask(body.dataset.path + location.search));
    markNew(here ? await ask("/") : document);
  }).catch(() => {}); // the stream tells of a lost connection
}

let timer;
let due = Infinity;
function later(ms) {
  if (Date.now() + ms >= due) return;
  due = Date.now() + ms;
  clearTimeout(timer);
  timer = setTimeout(() => { due = Infinity; refresh(); }, ms);
}

const retry = () => { if (!$("pending").hidden) later(0); };
document.addEventListener("pointermove", (e) => { pointer = [e.clientX, e.clientY, performance.now()]; });
document.addEventListener("focusout", () => setTimeout(retry, 100));

// -- the stream

let stream;
function listen() {
  stream?.close();
  stream = new EventSource(`/events?after=${body.dataset.after}`);
  stream.addEventListener("hello", heard);
  stream.addEventListener("beat", heard);
  stream.addEventListener("change", (e) => {
    heard();
    body.dataset.after = e.lastEventId;
    const isUrgent = /incident|signal|delivery/.test(JSON.parse(e.data).kind);
    later(isUrgent ? Math.random() * 150 : 15000 * (1 + Math.random())); // not all pages at once
  });
  stream.onerror = () => tell(true);
}

function heard() {
  heardAt = Date.now();
  if (isLost) later(0);
  tell(false);
}

function tell(lost) {
  isLost = lost;
  const bar = $("lost");
  bar.hidden = !lost;
  $("pulse").classList.toggle("is-lost", lost);
  const s = Math.round((Date.now() - shownAt) / 1000);
  const [unit, n] = s < 60 ? ["seconds", s] : ["minutes", Math.floor(s / 60)];
  bar.textContent = bar.dataset.text.replace("%span", bar.dataset[unit].replace("%n", n));
}

setInterval(() => {
  const silent = Date.now() - heardAt > SILENCE;
  if (isLost || silent) tell(true);
  if (silent || stream.readyState === EventSource.CLOSED) { heardAt = Date.now(); listen(); }
  retry();
}, 5000);
setInterval(() => { if (!isLost && !document.hidden) later(0); }, 30000); // what is left changes by itself
document.addEventListener("visibilitychange", () => later(0));

// -- new red: a sound once allowed, the title, a mark until seen

const seen = new Set(JSON.parse(localStorage.getItem("seen") || "[]"));
const known = new Set(all(".row-red").map((r) => r.dataset.incident)); // what is there already makes no noise
const title = document.title;
const wantsSound = () => localStorage.getItem("sound") === "on";
let isFirst = Boolean(here); // a page without rows learns what is there at its first look
let audio;

function see(id) {
  if (!id || seen.has(id)) return;
  seen.add(id);
  localStorage.setItem("seen", JSON.stringify([...seen].slice(-500)));
  if (!here) markNew(document);
}

function markNew(board) {
  const fresh = all(".row-red:not(.is-taken)", board).filter((r) => !seen.has(r.dataset.incident));
  for (const r of all(".row")) r.classList.toggle("is-new", fresh.includes(r));
  document.title = (fresh.length ? `(${fresh.length}) ● ` : "") + title;
  const arrived = fresh.filter((r) => !known.has(r.dataset.incident));
  for (const r of arrived) known.add(r.dataset.incident);
  const bar = $("new-red");
  if (arrived.length && !isFirst) {
    const link = document.createElement("a");
    link.href = `/incidents/${arrived[0].dataset.incident}`;
    link.textContent = arrived[0].dataset.title;
    bar.replaceChildren(bar.dataset.text, " ", link);
    ring();
  }
  bar.hidden = !fresh.length || !bar.textContent;
  isFirst = false;
}

function ring() {
  if (!wantsSound() || !audio) return;
  for (const at of [0, 0.25, 0.5]) {
    const tone = audio.createOscillator();
    tone.frequency.value = 880;
    tone.connect(audio.destination);
    tone.start(audio.currentTime + at);
    tone.stop(audio.currentTime + at + 0.15);
  }
}

const sound = $("sound");
function sayWhichSound() {
  sound.textContent = wantsSound() ? sound.dataset.off : sound.dataset.on;
}
sound.onclick = () => { localStorage.setItem("sound", wantsSound() ? "off" : "on"); sayWhichSound(); ring(); };
// browsers let a page sound only after a person has touched it
document.addEventListener("click", () => { audio ??= new AudioContext(); }, { capture: true, once: true });

for (const way of ["click", "focusin"]) {
  document.addEventListener(way, (e) => see(e.target.closest(".row")?.dataset.incident));
}

$("live").hidden = $("tools").hidden = false;
sayWhichSound();
see(here);
if (here) later(0);
else markNew(document);
listen();
addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
