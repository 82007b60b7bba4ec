// How rich text blocks and tables are drawn.

import { formatDate } from "./dates.js";
import { h } from "./dom.js";
import { emojiSign } from "./emoji.js";
import { link, mention } from "./mrkdwn.js";

function styled(node, style = {}) {
  let wrapped = node;
  for (const [name, tag] of [["code", "code"], ["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"]]) {
    if (style[name]) wrapped = h(tag, {}, wrapped);
  }
  return wrapped;
}

function piece(part, reader) {
  const channel = (id) => reader.conversations.find((c) => c.id === id);
  const makers = {
    text: () => part.text,
    link: () => link(part.url, part.text || part.url),
    emoji: () => h("span", { class: "emoji", role: "img", "aria-label": part.name }, emojiSign(part.name) || `:${part.name}:`),
    user: () => mention(part.user_id, reader),
    channel: () => h("span", { class: "mention" }, `#${(channel(part.channel_id) || { name: part.channel_id }).name}`),
    usergroup: () => h("span", { class: "mention" }, "@group"),
    broadcast: () => h("span", { class: "mention mention-me" }, `@${part.range}`),
    date: () => h("time", {}, formatDate(part.timestamp, part.format, reader)),
    color: () => h("code", {}, part.value),
  };
  return styled((makers[part.type] || (() => ""))(), part.style);
}

const inlineParts = (elements, reader) => (elements || []).map((part) => piece(part, reader));

function section(element, reader) {
  if (element.type === "rich_text_list") {
    const items = element.elements.map((item) => h("li", {}, inlineParts(item.elements, reader)));
    const list = h(element.style === "ordered" ? "ol" : "ul", { class: `indent-${element.indent || 0}` }, items);
    if (element.offset) list.start = element.offset + 1;
    return list;
  }
  const tag = { rich_text_quote: "blockquote", rich_text_preformatted: "pre" }[element.type] || "div";
  return h(tag, { class: "rich-line" }, inlineParts(element.elements, reader));
}

export const richText = (block, reader) => h("div", { class: "rich" }, block.elements.map((e) => section(e, reader)));

const cellContent = (cell, reader) => (cell.type === "rich_text" ? richText(cell, reader) : (cell.text ?? String(cell.value ?? "")));

export function table(block, reader) {
  const settings = block.column_settings || [];
  const row = (cells, tag) =>
    h("tr", {}, cells.map((cell, i) => h(tag, { class: `align-${(settings[i] || {}).align || "left"}`, scope: tag === "th" ? "col" : null }, cellContent(cell, reader))));
  const [head, ...body] = block.rows;
  return h("div", { class: "table-scroll", tabindex: "0" }, h("table", {}, h("thead", {}, row(head, "th")), h("tbody", {}, body.map((cells) => row(cells, "td")))));
}
