// How Slack's markup becomes elements: links, mentions, dates, emoji, bold, code, quotes.

import { formatDate } from "./dates.js";
import { h } from "./dom.js";
import { emojiSign } from "./emoji.js";

const decode = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const SAFE = /^(https?|mailto|tel|slack):/i;

export function link(url, label) {
  if (!SAFE.test(url)) return h("span", {}, label);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

// :name: signs in plain text and in markup alike.
export function withEmoji(text) {
  return text.split(/(:[a-z0-9_+'-]+(?:::skin-tone-\d)?:)/i).map((part) => {
    const sign = part.length > 2 && part.startsWith(":") && part.endsWith(":") ? emojiSign(part.slice(1, -1)) : null;
    return sign ? h("span", { class: "emoji", role: "img", "aria-label": part.slice(1, -1) }, sign) : part;
  });
}

export function mention(id, reader) {
  const person = reader.people.get(id);
  // Slack shows the name that people have given themselves, not the handle.
  const name = id === reader.app.user ? reader.app.name : person ? person.real_name : id;
  return h("span", { class: id === reader.me ? "mention mention-me" : "mention", title: person ? person.name : name }, `@${name}`);
}

function reference(inside, reader) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : inside.slice(bar + 1);
  if (target.startsWith("@")) return mention(target.slice(1), reader);
  if (target.startsWith("#")) {
    const channel = reader.conversations.find((c) => c.id === target.slice(1));
    return h("span", { class: "mention" }, `#${label || (channel ? channel.name : target.slice(1))}`);
  }
  if (target.startsWith("!date^")) {
    const [, seconds, format, url] = target.split("^");
    const words = formatDate(seconds, format, reader);
    const time = h("time", { datetime: new Date(seconds * 1000).toISOString(), title: decode(label) }, words);
    return url ? link(url, time) : time;
  }
  if (target.startsWith("!subteam^")) return h("span", { class: "mention" }, decode(label) || "@group");
  if (target.startsWith("!")) return h("span", { class: "mention mention-me" }, `@${target.slice(1)}`);
  return link(decode(target), withEmoji(decode(label || target)));
}

// Slack sees a style mark only where no letter or digit touches it from outside; in Japanese text that needs spaces.
const INLINE = /<([^<>\n]+)>|`([^`\n]+)`|(?<![\p{L}\p{N}])(\*)(?=\S)([^*\n]+?)(?<=\S)\*(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])(_)(?=\S)([^_\n]+?)(?<=\S)_(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])(~)(?=\S)([^~\n]+?)(?<=\S)~(?![\p{L}\p{N}])/gu;

export function inline(text, reader) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    nodes.push(...withEmoji(decode(text.slice(end, found.index))));
    const [, inside, code, , bold, , italic, , strike] = found;
    if (inside !== undefined) nodes.push(reference(inside, reader));
    else if (code !== undefined) nodes.push(h("code", {}, decode(code)));
    else if (bold !== undefined) nodes.push(h("strong", {}, inline(bold, reader)));
    else if (italic !== undefined) nodes.push(h("em", {}, inline(italic, reader)));
    else nodes.push(h("s", {}, inline(strike, reader)));
    end = found.index + found[0].length;
  }
  nodes.push(...withEmoji(decode(text.slice(end))));
  return nodes;
}

function lines(text, reader) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, index, all) => {
    const quoted = line.match(/^(?:&gt;|>)\s?(.*)$/);
    if (quoted) {
      if (!quote) nodes.push((quote = h("blockquote")));
      else quote.append(h("br"));
      quote.append(...inline(quoted[1], reader));
      return;
    }
    if (index > 0 && !quote) nodes.push(h("br"));
    quote = null;
    if (line || index < all.length - 1) nodes.push(...inline(line, reader));
  });
  return nodes;
}

export function mrkdwn(text, reader) {
  return text.split(/```/).flatMap((part, index) => (index % 2 ? [h("pre", {}, decode(part.replace(/^\n/, "")))] : lines(part, reader)));
}

export function textObject(object, reader) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text, reader) : withEmoji(object.text);
}
