// Where the page starts: it keeps the state, asks for news every second, and hands the parts to their drawers.

import { drawBlocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { stampOf } from "./dates.js";
import { byId, h } from "./dom.js";
import { MessageList } from "./messages.js";
import { Modal, ask, plainValue } from "./modal.js";
import { RecordPanel } from "./record.js";
import { fetchState, sendAct } from "./server.js";
import { drawSidebar } from "./sidebar.js";
import { hintsFor, languageOf, textsFor } from "./texts.js";

const POLL_MS = 1000;
const address = new URLSearchParams(location.hash.slice(1));
const here = { user: address.get("user"), place: address.get("place"), tab: address.get("tab") || "messages" };
const seen = {};
let state = null;
let reader = null;
let texts = textsFor("ja");
let loadedAt = null;
let inputs = {};
let toEnd = false;

const list = new MessageList({ handlers, redraw: draw });
const modal = new Modal({ handlers, act, send });
const record = new RecordPanel(byId("record"));
const composer = new Composer(byId("composer"), { say: (text) => write({ kind: "say", text }), command: (command, text) => write({ kind: "command", command, text }) });

const channelId = () => (here.place === "app" ? state.direct : here.place);

function readerOf(current) {
  const me = current.people.find((p) => p.id === current.me);
  return { me: me.id, locale: me.locale, tz: me.tz, now: new Date(current.now), people: new Map(current.people.map((p) => [p.id, p])), conversations: current.conversations, app: current.app };
}

async function refresh(force = false) {
  try {
    const fresh = await fetchState(here.user, force || !state ? undefined : state.version);
    byId("toasts").querySelector(".lost")?.remove();
    if (state) Object.assign(state, { now: fresh.now });
    if (!fresh.people) return drawClock();
    announce(state, fresh);
    state = fresh;
    here.user = state.me;
    loadedAt ??= new Date(state.now).getTime() / 1000;
    here.place ||= state.messages[state.direct]?.length ? "app" : state.conversations.find((c) => c.name)?.id || "app";
    reader = readerOf(state);
    texts = textsFor(reader.locale);
    draw();
  } catch (error) {
    if (!byId("toasts").querySelector(".lost")) toast(texts.lost, "lost");
  }
}

function announce(before, after) {
  if (!before || before.me !== after.me) return;
  const news = Object.entries(after.messages).flatMap(([channel, messages]) => {
    const known = new Set((before.messages[channel] || []).map((m) => m.ts));
    return messages.filter((m) => !known.has(m.ts));
  });
  const whispers = after.ephemeral.filter((m) => !before.ephemeral.some((old) => old.ts === m.ts));
  byId("announcer").append(...[...news, ...whispers].slice(-3).map((m) => h("p", {}, `${m.bot_id ? after.app.name : ""} ${m.text}`)));
}

function unreadCounts() {
  const counts = {};
  for (const [channel, messages] of Object.entries(state.messages)) {
    const key = `${state.me}:${channel}`;
    const visible = channel === channelId() && (here.place !== "app" || here.tab === "messages");
    if (visible || seen[key] === undefined) seen[key] = visible || messages.length === 0 ? messages.at(-1)?.ts || "0" : "0";
    counts[channel] = messages.filter((m) => parseFloat(m.ts) > parseFloat(seen[key]) && m.user !== state.me).length;
  }
  return counts;
}

function draw() {
  document.documentElement.lang = languageOf(reader.locale);
  document.querySelector("[data-text=skip]").textContent = texts.skip;
  byId("menu").setAttribute("aria-label", texts.openMenu);
  byId("show-record").setAttribute("aria-label", texts.record);
  drawSidebar(byId("sidebar"), state, texts, here.place, unreadCounts(), { go, become });
  drawTop();
  drawMiddle();
  modal.show(state.views, reader, texts);
  if (record.texts !== texts) record.show(record.id, reader, texts);
  location.replace(`#${new URLSearchParams({ user: here.user, place: here.place, tab: here.tab })}`);
}

function drawTop() {
  const conversation = state.conversations.find((c) => c.id === here.place);
  const isApp = here.place === "app";
  byId("title").textContent = isApp ? state.app.name : `${conversation?.kind === "private" ? "🔒" : "#"} ${conversation?.name ?? ""}`;
  byId("subtitle").textContent = isApp ? texts.appBadge : `${texts.members(conversation?.members ?? 0)}${conversation?.archived ? ` · ${texts.archived}` : ""}`;
  document.title = `${byId("title").textContent} · ${state.team}`;
  drawClock();
  const tabs = byId("tabs");
  tabs.hidden = !isApp;
  tabs.replaceChildren(...["home", "messages"].map((tab) =>
    h("button", { type: "button", role: "tab", id: `tab-${tab}`, "aria-selected": String(here.tab === tab), "aria-controls": "scroll", tabindex: here.tab === tab ? "0" : "-1", onclick: () => openTab(tab), onkeydown: (event) => { if (event.key.startsWith("Arrow")) { openTab(here.tab === "home" ? "messages" : "home"); } } }, texts[tab])));
}

function drawClock() {
  byId("clock").textContent = stampOf(new Date(state.now), reader);
  byId("clock").title = texts.clock;
  reader.now = new Date(state.now);
}

function drawMiddle() {
  const box = byId("scroll");
  const isNew = box.dataset.place !== `${here.place}:${here.tab}:${here.user}`;
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80 || isNew;
  const home = here.place === "app" && here.tab === "home";
  box.setAttribute("aria-label", home ? texts.home : texts.messages);
  byId("composer").hidden = home;
  if (home) {
    drawHome(box);
    if (isNew) box.scrollTop = 0;
  } else {
    const channel = channelId();
    const whispers = state.ephemeral.filter((m) => m.channel === channel && parseFloat(m.ts) >= loadedAt);
    const messages = (state.messages[channel] || []).map((m) => ({ ...m, channel }));
    list.draw(box, [...messages, ...whispers], state, reader, texts);
    const name = here.place === "app" ? texts.composerApp : texts.composer(`#${state.conversations.find((c) => c.id === channel)?.name}`);
    composer.prepare(name, texts, state.commands, hintsFor(reader.locale));
    if (atEnd || toEnd) box.scrollTop = box.scrollHeight;
  }
  box.dataset.place = `${here.place}:${here.tab}:${here.user}`;
}

function drawHome(box) {
  if (!state.home) return box.replaceChildren(h("p", { class: "empty" }, texts.emptyHome));
  const key = `${state.home.id}:${state.home.hash}`;
  if (box.firstElementChild?.dataset.home === key) return undefined;
  const initial = (block, element) => plainValue(state.home.state.values[block.block_id]?.[element.action_id]);
  return box.replaceChildren(h("div", { class: "home", "data-home": key }, drawBlocks(state.home.blocks, { ...handlers({ view_id: state.home.id }), initial })));
}

// What the drawn elements call; `place` names the message or view they stand in.
function handlers(place) {
  const keyOf = (block, element) => `${JSON.stringify(place)}:${block.block_id}:${element.action_id}`;
  return {
    reader, texts,
    act: (block, element, chosen, node) => act(place, block, element, chosen, node),
    changed: (block, element, value, node) => {
      inputs[keyOf(block, element)] = value;
      if (block.type !== "input" || block.dispatch_action) act(place, block, element, { selected: value }, node);
    },
    initial: (block, element) => inputs[keyOf(block, element)] ?? element.initial_value ?? element.initial_date ?? element.initial_option?.value ?? element.initial_options?.map((o) => o.value) ?? element.initial_user,
    suggest: async (block, element, value) => (await send({ kind: "suggest", block_id: block.block_id, action_id: element.action_id, value })).options || [],
  };
}

async function act(place, block, element, chosen, node, values) {
  if (!place) return;
  if (element.confirm && !(await ask(element.confirm, reader, texts))) return;
  const contact = node?.closest("[data-contact]")?.dataset.contact;
  if (contact) record.id = contact;
  node?.setAttribute("aria-busy", "true");
  const own = { ...place };
  const outcome = await send({ kind: "click", ...own, block_id: block.block_id, action_id: element.action_id, ...chosen, state: values });
  node?.removeAttribute("aria-busy");
  return outcome;
}

async function send(what) {
  const outcome = await sendAct({ user: here.user, ...what });
  if (!outcome.ok && outcome.error && outcome.error !== "invalid_input") toast(texts.failed[outcome.error] || outcome.error);
  await refresh(true);
  if (record.id) {
    record.show(record.id, reader, texts);
    // The app works on after it has acknowledged; what it then writes shows a moment later.
    setTimeout(() => record.show(record.id, reader, texts), 1200);
  }
  return outcome;
}

// What one writes oneself, and the answer to it, comes into sight.
async function write(what) {
  toEnd = true;
  await send({ ...what, channel: channelId() });
  setTimeout(() => (toEnd = false), 2 * POLL_MS);
}

function toast(words, kind = "") {
  const node = h("p", { class: `toast ${kind}` }, `⚠ ${words}`);
  byId("toasts").append(node);
  if (!kind) setTimeout(() => node.remove(), 7000);
}

function go(place) {
  here.place = place;
  document.body.classList.remove("menu-open");
  byId("menu").setAttribute("aria-expanded", "false");
  draw();
  if (place === "app" && here.tab === "home") openTab("home");
  if (matchMedia("(max-width: 760px)").matches) byId("conversation").focus();
}

function openTab(tab) {
  here.tab = tab;
  draw();
  byId(`tab-${tab}`).focus();
  send({ kind: "open_home", tab });
}

async function become(user) {
  Object.assign(here, { user });
  inputs = {};
  await refresh(true);
  if (here.place !== "app" && !state.conversations.some((c) => c.id === here.place)) go("app");
  if (here.place === "app" && here.tab === "home") send({ kind: "open_home", tab: "home" });
  byId("person").focus();
}

let pointing = 0;
function point(event) {
  const contact = event.target.closest?.("[data-contact]")?.dataset.contact;
  clearTimeout(pointing);
  if (!contact || contact === record.id) return;
  pointing = setTimeout(() => {
    document.querySelectorAll(".pointed").forEach((node) => node.classList.remove("pointed"));
    event.target.closest("[data-contact]").classList.add("pointed");
    record.show(contact, reader, texts);
  }, 180);
}

byId("conversation").addEventListener("pointerover", point);
byId("conversation").addEventListener("focusin", point);
byId("conversation").addEventListener("click", point);
byId("menu").addEventListener("click", () => byId("menu").setAttribute("aria-expanded", String(document.body.classList.toggle("menu-open"))));
byId("show-record").addEventListener("click", () => byId("show-record").setAttribute("aria-expanded", String(document.body.classList.toggle("record-open"))));
await refresh();
setInterval(refresh, POLL_MS);
