// The left column: the workspace, who one is, and where one can go.

import { h } from "./dom.js";
import { avatar } from "./messages.js";
import { languageOf } from "./texts.js";

const LANGUAGE = { ja: "日本語", en: "EN" };

function entry(place, current, unread, texts, go, ...label) {
  const badge = unread ? h("span", { class: "unread", "aria-label": texts.unread(unread) }, String(unread)) : null;
  return h("li", {}, h("button", { type: "button", class: unread ? "place has-unread" : "place", "aria-current": current ? "page" : null, "data-place": place, onclick: () => go(place) }, ...label, badge));
}

export function drawSidebar(box, state, texts, here, unread, { go, become }) {
  const me = state.people.find((p) => p.id === state.me);
  const people = state.people.filter((p) => !p.deleted);
  const chooser = h("select", { id: "person", onchange: (event) => become(event.target.value) },
    people.map((p) => h("option", { value: p.id, selected: p.id === state.me }, `${p.real_name} · ${LANGUAGE[languageOf(p.locale)]}`)));
  chooser.value = state.me;
  const channels = state.conversations.filter((c) => c.kind === "public" || c.kind === "private");
  const sign = (c) => h("span", { class: "sign", "aria-hidden": "true" }, c.kind === "private" ? "🔒" : "#");
  const connected = h("span", { class: state.app.connected ? "dot on" : "dot", title: state.app.connected ? "" : texts.notConnected });
  box.setAttribute("aria-label", state.team);
  box.replaceChildren(
    h("div", { class: "team" }, h("span", { class: "team-sign", "aria-hidden": "true" }, [...state.team.replace("株式会社", "")][0]), h("strong", {}, state.team)),
    h("div", { class: "me" }, avatar(me.id, me.real_name, false), h("label", { for: "person" }, h("span", {}, texts.viewAs), chooser)),
    h("h2", {}, texts.channels),
    h("ul", {}, channels.map((c) => entry(c.id, here === c.id, unread[c.id], texts, go, sign(c), h("span", { class: "place-name" }, c.name), c.archived ? h("small", {}, texts.archived) : null))),
    h("h2", {}, texts.apps),
    h("ul", {}, entry("app", here === "app", unread[state.direct], texts, go, avatar("", "", true), h("span", { class: "place-name" }, state.app.name), connected)),
    ...(state.app.connected ? [] : [h("p", { class: "warning-line" }, texts.notConnected)]),
  );
}
