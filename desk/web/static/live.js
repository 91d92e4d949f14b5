// Live parts and keys. Every page works without this file; it replaces parts by id as they change.

const $ = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const body = document.body;
const REST = 5000; // a pointer that has not moved for so long is not about to press anything
const SILENCE = 40000; // heartbeats come every 15 s
let pointer = { x: -1, y: -1, at: -REST };
let shownAt = Date.now(); // when what is shown was true
let heardAt = Date.now();
let isLost = false;
let isAsking = false;
let askAgain = false;

// -- what is under the pointer or being typed stays as it is

const isField = (el) => el?.matches?.("textarea, select, input:not([type=hidden])");

function isBusy(el) {
  if (el.contains(document.activeElement) && isField(document.activeElement)) return true;
  if (performance.now() - pointer.at > REST) return false;
  const under = document.elementFromPoint(pointer.x, pointer.y);
  return Boolean(under && el.contains(under));
}

// form tokens differ on every answer: they alone are no news
const essence = (el) => {
  const copy = el.cloneNode(true);
  all("input[name=form]", copy).forEach((i) => i.setAttribute("value", ""));
  all("details", copy).forEach((d) => d.removeAttribute("open"));
  copy.classList.remove("is-new");
  return copy.outerHTML;
};

const fieldKey = (f) => [f.form?.getAttribute("action"), f.form?.elements.step?.value, f.name].join(" ");

function swap(old, fresh) {
  const typed = new Map(all("textarea, input:not([type=hidden])", old)
    .filter((f) => f.value !== f.defaultValue).map((f) => [fieldKey(f), f.value]));
  const open = all("details", old).map((d) => d.open);
  const details = all("details", fresh);
  const focused = old.contains(document.activeElement) && document.activeElement;
  const focusables = "a, button, summary";
  const place = focused ? all(focusables, old).indexOf(focused) : -1;
  old.replaceWith(fresh);
  all("textarea, input:not([type=hidden])", fresh).forEach((f) => {
    if (typed.has(fieldKey(f))) f.value = typed.get(fieldKey(f));
  });
  if (details.length === open.length) details.forEach((d, i) => { d.open = open[i]; });
  if (place >= 0) all(focusables, fresh)[place]?.focus({ preventScroll: true });
}

function show(page) {
  let waiting = false;
  for (const fresh of all("[data-live]", page)) {
    const old = $(fresh.id);
    if (!old || essence(old) === essence(fresh)) continue;
    if (isBusy(old)) waiting = true;
    else swap(old, document.importNode(fresh, true));
  }
  for (const list of all("[data-live-list]", page)) waiting = arrange($(list.id), list) || waiting;
  $("pending").hidden = !waiting;
  body.dataset.after = page.body.dataset.after || body.dataset.after;
  shownAt = Date.now();
  markNew();
}

// rows come, go and move only while nobody points at the list
function arrange(list, fresh) {
  const ids = (l) => [...l.children].map((c) => c.id).join();
  if (!list || ids(list) === ids(fresh)) return false;
  if (isBusy(list)) return true;
  const focused = list.contains(document.activeElement) && document.activeElement;
  const rows = [...fresh.children].map((row) => $(row.id) || document.importNode(row, true));
  list.replaceChildren(...rows);
  focused?.focus?.({ preventScroll: true });
  return false;
}

async function refresh() {
  if (isAsking) { askAgain = true; return; }
  isAsking = true;
  try {
    const answer = await fetch(location.href.split("#")[0], { headers: { "x-part": "1" }, cache: "no-store" });
    if (answer.redirected && new URL(answer.url).pathname === "/sign-in") location.reload();
    else if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch { /* the connection: told by the stream */ }
  isAsking = false;
  if (askAgain) { askAgain = false; refresh(); }
}

const retry = () => { if (!$("pending").hidden) refresh(); };
document.addEventListener("pointermove", (e) => { pointer = { x: e.clientX, y: e.clientY, at: performance.now() }; });
document.addEventListener("focusout", () => setTimeout(retry, 100));

// -- the stream

let stream;
function listen() {
  stream?.close();
  stream = new EventSource(`/events?after=${body.dataset.after}`);
  for (const kind of ["hello", "beat"]) stream.addEventListener(kind, () => heard());
  stream.addEventListener("change", (e) => {
    heard();
    body.dataset.after = e.lastEventId;
    const about = JSON.parse(e.data);
    const here = body.dataset.incident;
    if (!here || about.kind === "source" || about.subject.includes(here) || about.kind === "mention") later();
  });
  stream.onerror = () => lose();
}

let timer;
const later = () => { timer ??= setTimeout(() => { timer = undefined; refresh(); }, 50); };

function heard() {
  heardAt = Date.now();
  if (isLost) { isLost = false; tellLost(); refresh(); }
}

function lose() { isLost = true; tellLost(); }

function tellLost() {
  const bar = $("lost");
  bar.hidden = !isLost;
  $("pulse").classList.toggle("is-lost", isLost);
  if (!isLost) return;
  const s = Math.max(Math.round((Date.now() - shownAt) / 1000), 1);
  const [unit, n] = s < 60 ? ["seconds", s] : s < 3600 ? ["minutes", Math.floor(s / 60)] : ["hours", Math.floor(s / 3600)];
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: body.dataset.zone });
  bar.textContent = bar.dataset.text.replace("%time", time.format(shownAt)).replace("%span", bar.dataset[unit].replace("%n", n));
}

// what is left changes by itself: look again each half minute, and notice a stream that died in silence
setInterval(() => {
  if (isLost) tellLost();
  if (Date.now() - heardAt > SILENCE) lose();
  if (isLost && (stream.readyState === EventSource.CLOSED || Date.now() - heardAt > SILENCE)) { heardAt = Date.now(); listen(); }
  retry();
}, 5000);
setInterval(() => { if (!isLost && !document.hidden) refresh(); }, 30000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });

// -- new red: a sound once allowed, the title, a mark until seen

const store = { get: (k) => { try { return localStorage.getItem(k); } catch { return null; } },
  set: (k, v) => { try { localStorage.setItem(k, v); } catch { /* private window */ } } };
const seen = new Set(JSON.parse(store.get("seen") || "[]"));
const sounded = new Set(all(".row-red").map((r) => r.dataset.incident)); // what is there already makes no noise
const title = document.title;
let audio;

function see(id) {
  if (!id || seen.has(id)) return;
  seen.add(id);
  store.set("seen", JSON.stringify([...seen].slice(-500)));
  markNew();
}

function markNew() {
  const fresh = all(".row-red:not(.is-taken)").filter((r) => !seen.has(r.dataset.incident));
  all(".row.is-new").forEach((r) => r.classList.toggle("is-new", fresh.includes(r)));
  fresh.forEach((r) => r.classList.add("is-new"));
  document.title = fresh.length ? `(${fresh.length}) ● ${title}` : title;
  const bar = $("new-red");
  const arrived = fresh.filter((r) => !sounded.has(r.dataset.incident));
  arrived.forEach((r) => sounded.add(r.dataset.incident));
  if (arrived.length) {
    const link = Object.assign(document.createElement("a"), {
      href: `/incidents/${arrived[0].dataset.incident}`, textContent: arrived[0].dataset.title });
    bar.replaceChildren(`${bar.dataset.text} `, link);
    bar.hidden = false;
    ring();
  }
  if (!fresh.length) bar.hidden = true;
}

function ring() {
  if (store.get("sound") !== "on" || !audio) return;
  [0, 0.25, 0.5].forEach((at) => {
    const tone = audio.createOscillator(), gain = audio.createGain();
    tone.frequency.value = 880;
    gain.gain.value = 0.2;
    tone.connect(gain).connect(audio.destination);
    tone.start(audio.currentTime + at);
    tone.stop(audio.currentTime + at + 0.15);
  });
}

const sound = $("sound");
const wantsSound = () => store.get("sound") === "on";
function sayHowSound() {
  sound.textContent = wantsSound() ? sound.dataset.off : sound.dataset.on;
  sound.setAttribute("aria-pressed", String(wantsSound()));
}
const allowSound = () => { if (wantsSound()) { audio ??= new AudioContext(); audio.resume(); } };
sound.onclick = () => { store.set("sound", wantsSound() ? "off" : "on"); sayHowSound(); allowSound(); ring(); };
for (const gesture of ["pointerdown", "keydown"]) document.addEventListener(gesture, allowSound, { once: true });

// -- keys

const keys = $("keys");
const toggleKeys = () => (keys.open ? keys.close() : keys.showModal());
$("show-keys").onclick = toggleKeys;

function move(step) {
  const links = all(".row-link");
  const at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1)];
  next?.focus();
  see(next?.closest(".row").dataset.incident);
}

function go(name) {
  const row = document.activeElement?.closest?.(".row");
  const target = (row || document).querySelector(`[data-key=${name}]`);
  if (!target || (name === "a" && !row && all(".row").length)) return;
  const folded = target.closest("details");
  if (folded) folded.open = true;
  if (name === "a") target.form.requestSubmit(target);
  else target.focus();
}

const acts = { j: () => move(1), k: () => move(-1), a: () => go("a"), e: () => go("e"), n: () => go("n"),
  "/": () => $("filter")?.focus(), "?": toggleKeys };

document.addEventListener("keydown", (e) => {
  if (e.key === "Escape" && isField(e.target)) e.target.blur();
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || isField(e.target) || !(e.key in acts)) return;
  e.preventDefault();
  acts[e.key]();
});

document.addEventListener("click", (e) => see(e.target.closest?.(".row")?.dataset.incident));

$("live").hidden = $("tools").hidden = false;
sayHowSound();
see(body.dataset.incident);
markNew();
listen();
addEventListener("pagehide", () => stream.close());
addEventListener("pageshow", (e) => { if (e.persisted) { listen(); refresh(); } });
