// How a modal is shown, filled in, refused, sent and closed; and the small question before a risky button.

import { drawBlocks } from "./blocks.js";
import { byId, h } from "./dom.js";
import { textObject, withEmoji } from "./mrkdwn.js";

const words = (object, otherwise) => (object ? withEmoji(object.text) : otherwise);

export class Modal {
  constructor(hooks) {
    this.hooks = hooks;
    this.box = byId("modal");
    this.shown = "";
    this.values = {};
    this.box.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
  }

  // Drawn anew only when the view itself changed: what has been typed stays.
  show(views, reader, texts) {
    const view = views.at(-1);
    if (!view) {
      if (this.box.open) this.box.close();
      this.shown = "";
      return;
    }
    const key = `${view.id}:${view.hash}:${reader.me}`;
    if (key === this.shown) return;
    Object.assign(this, { shown: key, view, depth: views.length, values: {}, reader, texts });
    this.draw({});
    if (!this.box.open) this.box.showModal();
    this.box.querySelector(".modal-body input, .modal-body select, .modal-body textarea")?.focus();
  }

  draw(errors) {
    const { view, texts, reader } = this;
    const on = { ...this.hooks.handlers({ view_id: view.id }), errors, initial: (b, e) => this.initial(b, e), changed: (b, e, v, n) => this.changed(b, e, v, n) };
    const submit = view.submit ? h("button", { type: "submit", class: "bk-button primary", id: "modal-submit" }, words(view.submit, texts.submit)) : null;
    const form = h("form", { method: "dialog", novalidate: true, onsubmit: (event) => this.submit(event) },
      h("header", {}, this.depth > 1 ? h("span", { class: "depth" }, `${this.depth}/3`) : null, h("h2", { id: "modal-title" }, textObject(view.title, reader)),
        h("button", { type: "button", class: "icon-button", "aria-label": texts.close, onclick: () => this.close() }, "✕")),
      h("div", { class: "modal-body" }, drawBlocks(view.blocks, on)),
      h("footer", {}, h("button", { type: "button", class: "bk-button", onclick: () => this.close() }, words(view.close, this.depth > 1 ? texts.back : texts.cancel)), submit));
    this.box.replaceChildren(form);
  }

  initial(block, element) {
    const typed = this.values[block.block_id]?.[element.action_id];
    return typed !== undefined ? typed : plainValue(this.view.state.values[block.block_id]?.[element.action_id]);
  }

  changed(block, element, value, node) {
    (this.values[block.block_id] ||= {})[element.action_id] = value;
    if (block.type !== "input" || block.dispatch_action) this.hooks.act({ view_id: this.view.id }, block, element, { selected: value }, node, this.values);
  }

  async submit(event) {
    event.preventDefault();
    const button = byId("modal-submit");
    button?.setAttribute("aria-busy", "true");
    const outcome = await this.hooks.send({ kind: "submit", view_id: this.view.id, values: this.values });
    button?.removeAttribute("aria-busy");
    if (Object.keys(outcome.errors || {}).length) {
      this.draw(outcome.errors);
      this.box.querySelector(".has-error :is(input, select, textarea)")?.focus();
    }
  }

  close() {
    this.hooks.send({ kind: "close", view_id: this.view.id });
  }
}

// The plain value inside Slack's typed one.
export function plainValue(entry) {
  if (!entry) return undefined;
  const [, value] = Object.entries(entry).find(([name]) => name !== "type") || [];
  if (Array.isArray(value)) return value.map((v) => (v && v.value !== undefined ? v.value : v));
  return value && value.value !== undefined ? value.value : value;
}

// Resolves to whether the person confirmed.
export function ask(question, reader, texts) {
  const box = byId("confirm");
  return new Promise((resolve) => {
    const done = (answer) => {
      box.close();
      resolve(answer);
    };
    box.oncancel = () => resolve(false);
    box.replaceChildren(h("div", {},
      h("header", {}, h("h2", { id: "confirm-title" }, textObject(question.title, reader))),
      h("div", { class: "modal-body" }, h("p", {}, textObject(question.text, reader))),
      h("footer", {}, h("button", { type: "button", class: "bk-button", onclick: () => done(false) }, words(question.deny, texts.no)),
        h("button", { type: "button", class: `bk-button ${question.style || "primary"}`, onclick: () => done(true) }, words(question.confirm, texts.yes)))));
    box.showModal();
  });
}
