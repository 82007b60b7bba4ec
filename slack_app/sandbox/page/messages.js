// How the message list is drawn: days, senders, edits, threads, whispers, files.

import { drawBlocks, firstContact } from "./blocks.js";
import { dateOfTs, dayOf, isSameDay, stampOf, timeOf } from "./dates.js";
import { freshId, h } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";

const HUES = ["#2f6f8f", "#8a4f7d", "#9a6a2f", "#3f7a4f", "#5a5fa8", "#a0525a", "#4a7a86", "#7a6a3a"];

export function avatar(id, name, isApp) {
  if (isApp) return h("span", { class: "avatar avatar-app", "aria-hidden": "true" }, "見");
  const hue = HUES[[...id].reduce((sum, c) => sum + c.charCodeAt(0), 0) % HUES.length];
  const node = h("span", { class: "avatar", "aria-hidden": "true" }, [...name][0] || "?");
  node.style.backgroundColor = hue;
  return node;
}

export class MessageList {
  // Messages that have not changed keep their nodes, so that focus and half-made choices survive a refresh.
  constructor(hooks) {
    this.hooks = hooks;
    this.nodes = new Map();
    this.openThreads = new Set();
    this.openFormer = new Set();
  }

  draw(box, messages, state, reader, texts) {
    const roots = messages.filter((m) => !m.thread_ts || m.thread_ts === m.ts || m.subtype === "thread_broadcast" || m.ephemeral);
    const kept = new Map();
    const list = h("ol", { class: "messages" });
    let day = null;
    for (const message of roots.sort((a, b) => parseFloat(a.ts) - parseFloat(b.ts))) {
      const date = dateOfTs(message.ts);
      if (!day || !isSameDay(day, date, reader)) list.append(h("li", { class: "day" }, h("span", {}, dayOf(date, reader))));
      day = date;
      const replies = messages.filter((m) => m.thread_ts === message.ts && m.ts !== message.ts && !m.ephemeral);
      const key = JSON.stringify([message, replies, reader.me, this.openThreads.has(message.ts), this.openFormer.has(message.ts)]);
      const node = this.nodes.get(key) || this.message(message, replies, reader, texts, key);
      kept.set(key, node);
      list.append(node);
    }
    this.nodes = kept;
    box.replaceChildren(roots.length ? list : h("p", { class: "empty" }, texts.emptyChannel));
  }

  redraw(set, ts) {
    set.has(ts) ? set.delete(ts) : set.add(ts);
    this.hooks.redraw();
  }

  message(message, replies, reader, texts) {
    const person = reader.people.get(message.user);
    const isApp = Boolean(message.bot_id);
    const name = isApp ? reader.app.name : person ? person.real_name : message.user;
    const date = dateOfTs(message.ts);
    const head = h("div", { class: "message-head" },
      h("strong", {}, name), isApp ? h("span", { class: "badge" }, texts.appBadge) : null,
      h("time", { datetime: date.toISOString(), title: stampOf(date, reader) }, timeOf(date, reader)));
    const contact = firstContact(message.blocks || []);
    return h("li", { class: message.ephemeral ? "message whisper" : "message", "data-ts": message.ts, "data-contact": contact },
      avatar(message.user, name, isApp),
      h("article", { class: "message-body", "aria-label": `${name} ${timeOf(date, reader)}` },
        message.ephemeral ? h("p", { class: "only-you" }, "👁 ", texts.onlyYou) : null,
        message.subtype === "thread_broadcast" || (message.ephemeral && message.thread_ts) ? h("p", { class: "only-you" }, `↳ ${texts.alsoInChannel}`) : null,
        head, this.content(message, reader, texts), this.reactions(message), this.former(message, reader, texts), this.thread(message, replies, reader, texts)));
  }

  content(message, reader, texts) {
    const on = this.hooks.handlers({ channel: message.channel, ts: message.ts });
    const blocks = message.blocks || [];
    const attached = (message.attachments || []).map((a) => {
      const node = h("div", { class: "attachment" }, a.blocks ? drawBlocks(a.blocks, on, firstContact(blocks)) : mrkdwn(a.text || a.fallback || "", reader));
      if (/^#[0-9a-f]{6}$/i.test(a.color || "")) node.style.borderLeftColor = a.color;
      return node;
    });
    const files = (message.files || []).map((f) => (f.mimetype.startsWith("image/")
      ? h("figure", {}, h("figcaption", {}, f.title), h("img", { src: f.url_private, alt: f.alt_txt || f.title }))
      : h("a", { class: "file", href: f.url_private, target: "_blank", rel: "noopener" }, `📄 ${f.title}`)));
    const words = blocks.length ? drawBlocks(blocks, on, firstContact(blocks)) : message.text ? h("div", { class: "words" }, mrkdwn(message.text, reader)) : null;
    return h("div", { class: "content" }, words, attached, files, message.edited && !blocks.length ? this.editedMark(message, texts) : null,
      message.edited && blocks.length ? this.editedMark(message, texts) : null);
  }

  editedMark(message, texts) {
    if (!message.former) return h("span", { class: "edited" }, texts.edited);
    const open = this.openFormer.has(message.ts);
    return h("button", { type: "button", class: "edited", "aria-expanded": String(open), title: texts.showFormer, onclick: () => this.redraw(this.openFormer, message.ts) },
      `${texts.edited}${message.former.length > 1 ? ` ×${message.former.length}` : ""}`);
  }

  former(message, reader, texts) {
    if (!message.former || !this.openFormer.has(message.ts)) return null;
    const on = this.hooks.handlers(null);
    const versions = [...message.former].reverse().map((version) =>
      h("li", {}, h("time", {}, `〜 ${stampOf(new Date(version.at), reader)}`),
        h("div", { class: "content", inert: true }, version.blocks.length ? drawBlocks(version.blocks, on) : mrkdwn(version.text, reader))));
    return h("section", { class: "former", "aria-label": texts.former }, h("h4", {}, texts.former), h("ol", {}, versions));
  }

  reactions(message) {
    const some = (message.reactions || []).map((r) => h("span", { class: "reaction" }, mrkdwn(`:${r.name}:`, null), ` ${r.count}`));
    return some.length ? h("div", { class: "reactions" }, some) : null;
  }

  thread(message, replies, reader, texts) {
    if (!replies.length) return null;
    const open = this.openThreads.has(message.ts);
    const id = freshId("thread");
    const toggle = h("button", { type: "button", class: "thread-toggle", "aria-expanded": String(open), "aria-controls": id, onclick: () => this.redraw(this.openThreads, message.ts) },
      `${open ? "▾" : "▸"} ${texts.replies(replies.length)}`, h("time", {}, timeOf(dateOfTs(replies.at(-1).ts), reader)));
    return h("div", { class: "thread" }, toggle, open ? h("ol", { id, class: "messages" }, replies.map((r) => this.message(r, [], reader, texts))) : null);
  }
}
