// What the page does beyond reading: keys, live rows, dragging along a row's moments. All of it is
// there without this file, too, but for those three.
"use strict";

const $ = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const root = document.documentElement;

// Times: "3m ago" goes on, and the clock is UTC or this machine's.

const UNITS = [["d", 86400], ["h", 3600], ["m", 60], ["s", 1]];

function length(seconds) {
  for (let n = 0; n < UNITS.length; n++) {
    const [unit, size] = UNITS[n];
    if (seconds < size) continue;
    const rest = seconds % size;
    const next = UNITS[n + 1];
    const more = next ? Math.floor(rest / next[1]) : 0;
    return more ? `${Math.floor(seconds / size)}${unit} ${more}${next[0]}` : `${Math.floor(seconds / size)}${unit}`;
  }
  return "0s";
}

function ago(at) {
  const seconds = Math.floor((Date.now() - at) / 1000);
  if (Math.abs(seconds) < 1) return "just now";
  const between = Math.abs(seconds);
  const short = length(between < 60 ? between : between - (between % 60));
  return seconds > 0 ? `${short} ago` : `in ${short}`;
}

const two = (number) => String(number).padStart(2, "0");

function clock(date, form) {
  const whole = wholeClock(date);
  return form === "time" ? whole.slice(11) : form === "day" ? whole.slice(0, 10) : whole;
}

function wholeClock(date) {
  if (root.dataset.zone !== "local") return date.toISOString().slice(0, 19).replace("T", " ");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function tell(time, zoneToo) {
  const at = new Date(time.dateTime);
  const since = $(".ago", time);
  if (since) {
    const words = ago(at.getTime());
    if (since.textContent !== words) since.textContent = words;
  }
  const shown = zoneToo && $(".at", time);
  if (shown) shown.textContent = clock(at, shown.dataset.form);
}

function tellTimes(within = document, zoneToo = false) {
  if (document.hidden) return;
  for (const time of all("time", within)) tell(time, zoneToo);
}

function tellZone() {
  const local = root.dataset.zone === "local";
  const name = $("[data-zone]", document.body);
  if (name) name.textContent = local ? Intl.DateTimeFormat().resolvedOptions().timeZone : "UTC";
  tellTimes(document, true);
}

setInterval(tellTimes, 1000);

// Buttons that this browser remembers, or that copy.

function toast(words) {
  const box = $("#said");
  box.textContent = words;
  box.classList.add("on");
  setTimeout(() => box.classList.remove("on"), 1600);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied");
  } catch {
    toast("This browser does not allow copying");
  }
}

const ACTS = {
  theme() {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    document.dispatchEvent(new Event("theme"));
  },
  zone() {
    root.dataset.zone = root.dataset.zone === "local" ? "utc" : "local";
    localStorage.setItem("zone", root.dataset.zone);
    tellZone();
  },
  keys() {
    $("#keys").showModal();
  },
};

document.addEventListener("click", (event) => {
  const act = event.target.closest("button[data-act]");
  if (act) return ACTS[act.dataset.act]();
  const copied = event.target.closest("[data-copy]");
  if (copied) {
    event.preventDefault();
    event.stopPropagation();
    copy(copied.dataset.copy);
  }
});

// Keys. Nobody's typing is taken for one.

const lines = () => all("[data-line]").filter((line) => line.offsetParent !== null);

function move(step) {
  const there = lines();
  const here = there.findIndex((line) => line === document.activeElement || line.parentElement.contains(document.activeElement));
  const next = there[here < 0 ? (step > 0 ? 0 : there.length - 1) : Math.min(there.length - 1, Math.max(0, here + step))];
  if (next) {
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }
}

function back() {
  const now = $("#to-now");
  if (now && !now.hidden) return now.click();
  const up = $("[data-back]");
  if (up) return up.click();
  if (location.pathname !== "/") history.back();
}

let gone = 0; // when "g" was pressed

const KEYS = {
  "/": () => { $("#q").focus(); $("#q").select(); },
  j: () => move(1),
  k: () => move(-1),
  v: () => $("#verify")?.click(),
  y: () => $("#key") && copy($("#key").textContent),
  "[": () => step(-1),
  "]": () => step(1),
  "?": () => $("#keys").showModal(),
  g: () => { gone = Date.now(); },
  Escape: back,
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $("dialog[open]")) return;
  if (event.target.matches("input:not([type=range]):not([type=checkbox]), select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (Date.now() - gone < 1500) {
    gone = 0;
    const tab = $(`[data-go="${CSS.escape(event.key)}"]`);
    if (tab) return tab.click();
  }
  const act = KEYS[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});

// As of: the slider asks for the state at one of the row's moments.

const slider = () => $("#at");
let asked = 0;

function moments() {
  return $("#scrub").dataset.moments.split(" ");
}

function addressAt(position) {
  const url = new URL(location.href);
  const list = moments();
  for (const name of ["open", "before", "verify"]) url.searchParams.delete(name);
  if (position >= list.length) url.searchParams.delete("at");
  else url.searchParams.set("at", position ? list[position - 1] : new Date(Date.parse(list[0]) - 1).toISOString());
  return url;
}

function showMoment(position) {
  const list = moments();
  const now = position >= list.length;
  const words = $("#at-words");
  const text = (tag, content, name = "") => Object.assign(document.createElement(tag), { textContent: content, className: name });
  if (now) {
    words.replaceChildren(text("strong", "now"), text("span", ` ${list.length} webhooks`, "dim"));
  } else if (!position) {
    words.replaceChildren(text("span", "before the first webhook"));
  } else {
    words.replaceChildren(text("span", clock(new Date(list[position - 1]))), text("span", ` after ${position} of ${list.length} webhooks`, "dim"));
  }
  $("#to-now").hidden = now;
  for (const hook of all(".hook")) {
    hook.classList.toggle("later", Number(hook.dataset.n) > position);
    hook.classList.toggle("here", !now && Number(hook.dataset.n) === position);
  }
}

function ask(position) {
  const url = addressAt(position);
  history.replaceState(null, "", url);
  const part = new URL(url);
  part.searchParams.set("part", "state");
  clearTimeout(asked);
  asked = setTimeout(() => showState(part.pathname + part.search), 40);
}

// It ends whatever else is asked for: an answer that came later would show another moment.
async function showState(address) {
  const ended = refreshing;
  await htmx.ajax("GET", address, { source: "#scrub", target: "#state", swap: "outerMorph" });
  if (ended) refreshSoon();
}

function goTo(position) {
  showMoment(position);
  ask(position);
}

function step(by) {
  const at = slider();
  if (!at) return;
  at.value = Math.min(Number(at.max), Math.max(0, Number(at.value) + by));
  goTo(Number(at.value));
  $(".hook.here")?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("input", (event) => {
  if (event.target.id === "at") goTo(Number(event.target.value));
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("#to-now");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  slider().value = slider().max;
  goTo(Number(slider().max));
});

// Filters, and the moments that are compared, apply by themselves.

document.addEventListener("change", (event) => {
  const form = event.target.closest("#filters, .compare");
  if (form) form.requestSubmit();
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "filters") return;
  for (const field of event.target.elements) if (!field.value) field.disabled = true; // a short address
});

// Live: the server says which rows changed, and what is shown of them is asked for anew; by a tab
// that nobody looks at, when somebody does: browsers keep few connections to one server.

const live = () => $("#main").dataset;
const isLive = () => "liveKey" in live() || "liveList" in live() || "liveAny" in live();
const GAP_MS = { liveKey: 300, liveList: 1000, liveAny: 2000 };

let source = null;
let due = 0;
let asked_at = 0;
let refreshing = false;

function refreshSoon() {
  if (due) return;
  const gap = GAP_MS[Object.keys(GAP_MS).find((name) => name in live())];
  due = setTimeout(refresh, Math.max(50, asked_at + gap - Date.now()));
}

async function refresh() {
  due = 0;
  asked_at = Date.now();
  const times = new Map(all(".rows tbody tr").map((row) => [row.id, $("time", row)?.dateTime]));
  const part = document.activeElement?.closest("#filters") ? "#rows" : "#main";
  refreshing = true;
  await htmx.ajax("GET", location.pathname + location.search, { source: "#main", target: part, select: part, swap: "outerMorph" });
  refreshing = false;
  const at = slider();
  if (at && !at.matches(":active")) at.value = at.getAttribute("value"); // there are more moments now
  for (const row of times.size ? all(".rows tbody tr") : []) {
    if (times.get(row.id) === $("time", row)?.dateTime) continue;
    row.classList.remove("fresh-row");
    void row.offsetWidth; // so that it begins anew
    row.classList.add("fresh-row");
  }
}

function concerns(keys) {
  const { liveKey: key } = live();
  return key === undefined || keys === null || keys.includes(key);
}

function listen() {
  if (source || !isLive()) return;
  source = new EventSource("/live");
  let before = false;
  source.addEventListener("open", () => {
    if (before || $("main .empty")) refreshSoon(); // what changed until now was told to nobody here
    before = true;
  });
  source.addEventListener("rows", (event) => { if (concerns(JSON.parse(event.data))) refreshSoon(); });
  source.addEventListener("error", () => {
    const pill = $("#fresh");
    pill.className = "fresh fresh-bad";
    $(".fresh-view", pill).textContent = "the inspector does not answer";
  });
}

function hush() {
  source?.close();
  source = null;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return hush();
  tellTimes();
  listen();
  if (isLive()) refreshSoon();
});
addEventListener("pagehide", hush);
addEventListener("pageshow", (event) => { if (event.persisted) { listen(); refreshSoon(); } });

document.addEventListener("htmx:before:response", (event) => {
  if (!event.detail.ctx.response.raw.redirected) return;
  event.preventDefault(); // to the way in: the session is over
  location.reload();
});
document.addEventListener("htmx:error", (event) => { toast("The inspector does not answer"); closeUnread(event); });
document.addEventListener("htmx:response:error", (event) => { toast("The inspector could not answer that"); closeUnread(event); });

function closeUnread({ detail }) { // a webhook's line asks once: a new one in its place does again
  const line = detail.ctx?.sourceElement;
  if (!line?.matches?.("details[hx-get]")) return;
  const anew = line.cloneNode(true);
  anew.open = false;
  anew.removeAttribute("data-htmx-powered");
  line.replaceWith(anew);
  htmx.process(anew);
}

document.addEventListener("htmx:after:swap", () => { if (root.dataset.zone === "local") tellTimes(document, true); });

tellZone();
root.dataset.ready = ""; // keys are listened to
if (!document.hidden) listen();
