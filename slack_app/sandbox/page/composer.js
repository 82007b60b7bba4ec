// The box at the bottom: words to the channel, or a slash command with a hint.

import { h } from "./dom.js";

export class Composer {
  constructor(form, hooks) {
    this.form = form;
    this.hooks = hooks;
    this.past = [];
    this.hint = h("div", { class: "hint", id: "command-hint", hidden: true });
    this.box = h("textarea", { id: "words", rows: 1, "aria-describedby": "command-hint", autocomplete: "off" });
    this.button = h("button", { type: "submit", class: "bk-button primary" });
    form.append(this.hint, h("div", { class: "composer-line" }, this.box, this.button));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.box.addEventListener("input", () => this.showHint());
    this.box.addEventListener("keydown", (event) => this.onKey(event));
  }

  prepare(label, texts, commands, hints) {
    Object.assign(this, { commands, hints, texts });
    this.box.placeholder = label;
    this.box.setAttribute("aria-label", label);
    this.button.textContent = texts.send;
    this.showHint();
  }

  onKey(event) {
    // Enter also ends the choice of characters in a Japanese input method; that Enter sends nothing.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" && !this.box.value && this.past.length) {
      this.box.value = this.past.at(-1);
      event.preventDefault();
    } else if (event.key === "Tab" && this.partial()) {
      this.box.value = `${this.partial()} `;
      this.showHint();
      event.preventDefault();
    }
  }

  // The command that what is typed may become.
  partial() {
    const typed = this.box.value;
    return typed.length > 0 && this.commands.find((command) => command.startsWith(typed) && command !== typed.trim());
  }

  showHint() {
    const typed = this.box.value;
    const command = typed.startsWith("/") && this.commands.find((c) => c.startsWith(typed.split(" ")[0]) || typed.startsWith(`${c} `));
    this.hint.hidden = !command;
    if (!command) return;
    const word = typed.slice(command.length).trim().split(" ")[0];
    const fitting = this.hints.filter(([usage]) => usage.startsWith(word));
    this.hint.replaceChildren(h("strong", {}, this.texts.hintTitle), h("ul", {}, (fitting.length ? fitting : this.hints).map(([usage, meaning]) =>
      h("li", {}, h("button", { type: "button", onclick: () => this.take(`${command} ${usage.split(" ")[0]} `) }, h("code", {}, `${command} ${usage}`)), h("span", {}, meaning)))));
  }

  take(words) {
    this.box.value = words;
    this.showHint();
    this.box.focus();
  }

  send() {
    const typed = this.box.value.trim();
    if (!typed) return;
    this.past.push(typed);
    this.box.value = "";
    this.showHint();
    if (!typed.startsWith("/")) return this.hooks.say(typed);
    const space = typed.search(/\s/);
    return this.hooks.command(space < 0 ? typed : typed.slice(0, space), space < 0 ? "" : typed.slice(space + 1).trim());
  }
}
