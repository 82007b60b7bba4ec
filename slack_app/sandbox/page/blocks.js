// How each kind of block is drawn, and which contact a block is about.

import { freshId, h } from "./dom.js";
import { drawElement } from "./elements.js";
import { mrkdwn, textObject } from "./mrkdwn.js";
import { richText, table } from "./richtext.js";

const CONTACT = /contacts:(\d+)/;

// The contact named in a block's id or in what its buttons and menus carry.
export function contactOf(block) {
  const own = CONTACT.exec(block.block_id || "");
  if (own) return own[1];
  const elements = [block.accessory, block.element, ...(block.elements || [])].filter(Boolean);
  for (const element of elements) {
    const values = [element.value, element.action_id, ...(element.options || []).map((o) => o.value)];
    const hit = values.map((value) => CONTACT.exec(String(value ?? ""))).find(Boolean);
    if (hit) return hit[1];
  }
  return null;
}

export function picture(image, reader) {
  const file = image.slack_file && image.slack_file.id;
  const source = file ? `/page/file/${file}` : image.image_url;
  const own = source && (source.startsWith("/") || source.startsWith(location.origin));
  if (own) return h("img", { src: source, alt: image.alt_text, loading: "lazy" });
  // Nothing is loaded from other hosts: the description stands for the picture.
  return h("span", { class: "no-picture", role: "img", "aria-label": image.alt_text }, `🖼 ${image.alt_text}`);
}

function context(block, on) {
  return h("div", { class: "bk-context" }, block.elements.map((e) => (e.type === "image" ? picture(e) : h("span", {}, textObject(e, on.reader)))));
}

function section(block, on) {
  const fields = block.fields ? h("div", { class: "bk-fields" }, block.fields.map((f) => h("div", {}, textObject(f, on.reader)))) : null;
  const words = h("div", { class: "bk-words" }, block.text ? h("div", {}, textObject(block.text, on.reader)) : null, fields);
  return h("div", { class: "bk-section" }, words, block.accessory ? h("div", { class: "bk-accessory" }, drawElement(block.accessory, block, on)) : null);
}

function inputBlock(block, on) {
  const label = freshId("label");
  const hint = freshId("hint");
  const error = on.errors?.[block.block_id];
  const control = drawElement(block.element, block, on);
  const target = control.matches("input,select,textarea,.choices") ? control : control.querySelector("input,select,textarea");
  if (target) {
    target.setAttribute("aria-labelledby", label);
    target.setAttribute("aria-describedby", hint);
    if (!block.optional) target.setAttribute("aria-required", "true");
    if (error) target.setAttribute("aria-invalid", "true");
  }
  return h("div", { class: error ? "bk-field has-error" : "bk-field", "data-input": block.block_id },
    h("span", { id: label, class: "bk-label" }, textObject(block.label, on.reader), block.optional ? h("small", {}, on.reader.locale.startsWith("ja") ? "（任意）" : " (optional)") : null),
    control,
    h("span", { id: hint, class: "bk-hint" }, error ? h("strong", { role: "alert" }, on.texts[error] || error) : null, block.hint ? textObject(block.hint, on.reader) : null));
}

const MAKERS = {
  header: (block, on) => h("h3", { class: "bk-header" }, textObject(block.text, on.reader)),
  divider: () => h("hr", {}),
  section, context, input: inputBlock,
  actions: (block, on) => h("div", { class: "bk-actions" }, block.elements.map((element) => drawElement(element, block, on))),
  image: (block, on) => h("figure", {}, block.title ? h("figcaption", {}, textObject(block.title, on.reader)) : null, picture(block)),
  rich_text: (block, on) => richText(block, on.reader),
  table: (block, on) => table(block, on.reader),
  data_table: (block, on) => table(block, on.reader),
  markdown: (block, on) => h("div", {}, mrkdwn(block.text.replaceAll("**", "*"), on.reader)),
  alert: (block, on) => h("div", { class: "bk-alert" }, textObject(block.text, on.reader)),
};

function unknown(block) {
  return h("details", { class: "bk-unknown" }, h("summary", {}, block.type), h("pre", {}, JSON.stringify(block, null, 1)));
}

// All blocks of a message or view; `fallbackContact` is for blocks that name none themselves.
export function drawBlocks(blocks, on, fallbackContact = null) {
  const withPicture = { ...on, picture };
  return blocks.map((block) => {
    const contact = contactOf(block) || fallbackContact;
    const drawn = (MAKERS[block.type] || unknown)(block, withPicture);
    const attributes = { class: `bk bk-of-${block.type}`, "data-block": block.block_id, "data-contact": contact };
    return h("div", attributes, drawn);
  });
}

export const firstContact = (blocks) => blocks.map(contactOf).find(Boolean) || null;
