// How the interactive elements are drawn, and what each reports when a person uses it.

import { fromLocalInput, toLocalInput } from "./dates.js";
import { freshId, h } from "./dom.js";
import { textObject, withEmoji } from "./mrkdwn.js";

const plain = (object) => (object ? object.text : "");

// What a screen reader says where no label stands beside it.
const nameOf = (element, on) => plain(element.placeholder) || on.texts.choose;

export function optionsOf(element) {
  return [...(element.options || []), ...(element.option_groups || []).flatMap((group) => group.options)];
}

function button(element, block, on) {
  const kind = element.style ? ` ${element.style}` : "";
  const attributes = { type: "button", class: `bk-button${kind}`, "aria-label": element.accessibility_label, onclick: (event) => press(event) };
  const press = (event) => {
    if (element.url) window.open(element.url, "_blank", "noopener");
    on.act(block, element, { value: element.value }, event.currentTarget);
  };
  return h("button", attributes, withEmoji(plain(element.text)), element.url ? h("span", { class: "outside", "aria-hidden": "true" }, "↗") : null);
}

function select(element, block, on, several) {
  const choose = h("option", { value: "" }, plain(element.placeholder) || on.texts.choose);
  const option = (o) => h("option", { value: o.value, title: plain(o.description) }, plain(o.text));
  const groups = (element.option_groups || []).map((g) => h("optgroup", { label: plain(g.label) }, g.options.map(option)));
  const box = h("select", { class: "bk-select", multiple: several, "aria-label": nameOf(element, on) }, several ? null : choose, (element.options || []).map(option), groups);
  return valued(box, element, block, on, several);
}

function namedSelect(element, block, on, several, entries) {
  const choose = h("option", { value: "" }, plain(element.placeholder) || on.texts.choose);
  const box = h("select", { class: "bk-select", multiple: several, "aria-label": nameOf(element, on) }, several ? null : choose, entries.map(([id, name]) => h("option", { value: id }, name)));
  return valued(box, element, block, on, several);
}

function valued(box, element, block, on, several) {
  const start = on.initial(block, element);
  const chosen = new Set(Array.isArray(start) ? start : [start ?? ""]);
  for (const option of box.options) option.selected = chosen.has(option.value);
  const value = () => (several ? [...box.selectedOptions].map((o) => o.value) : box.value);
  box.addEventListener("change", () => on.changed(block, element, value(), box));
  return box;
}

function externalSelect(element, block, on, several) {
  const list = h("datalist", { id: freshId("options") });
  const found = new Map();
  const box = h("input", { class: "bk-input", type: "text", list: list.id, placeholder: plain(element.placeholder) || on.texts.pick, "aria-label": plain(element.placeholder) || on.texts.pick, autocomplete: "off" });
  const start = on.initial(block, element);
  box.value = start && start.text ? start.text.text : "";
  box.addEventListener("input", async () => {
    const hit = found.get(box.value);
    if (hit) return on.changed(block, element, several ? [hit] : hit, box);
    if (box.value.length < (element.min_query_length ?? 3)) return;
    const options = await on.suggest(block, element, box.value);
    found.clear();
    options.forEach((o) => found.set(o.text.text, o));
    list.replaceChildren(...options.map((o) => h("option", { value: o.text.text })));
  });
  return h("span", {}, box, list);
}

function overflow(element, block, on) {
  const menu = h("div", { class: "menu", role: "menu", hidden: true });
  const opener = h("button", { type: "button", class: "bk-button bk-overflow", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": on.texts.more }, "⋯");
  const show = (open) => {
    menu.hidden = !open;
    opener.setAttribute("aria-expanded", String(open));
    menu.classList.remove("menu-up");
    if (!open) return;
    // Near the lower edge it opens upwards, or its last entries could not be seen.
    const edge = opener.closest(".scroll, .modal-body")?.getBoundingClientRect().bottom ?? innerHeight;
    menu.classList.toggle("menu-up", menu.getBoundingClientRect().bottom > edge);
    menu.firstElementChild?.focus({ preventScroll: true });
  };
  menu.append(
    ...element.options.map((option) =>
      h("button", { type: "button", role: "menuitem", onclick: () => { show(false); if (option.url) window.open(option.url, "_blank", "noopener"); on.act(block, element, { selected: option.value }, opener); } },
        withEmoji(plain(option.text)), option.description ? h("small", {}, plain(option.description)) : null)),
  );
  opener.addEventListener("click", () => show(menu.hidden));
  const wrap = h("span", { class: "menu-wrap" }, opener, menu);
  wrap.addEventListener("keydown", (event) => {
    const items = [...menu.children];
    const at = items.indexOf(document.activeElement);
    if (event.key === "Escape") { show(false); opener.focus(); event.stopPropagation(); }
    if (event.key === "ArrowDown" && at >= 0) { items[(at + 1) % items.length].focus(); event.preventDefault(); }
    if (event.key === "ArrowUp" && at >= 0) { items[(at - 1 + items.length) % items.length].focus(); event.preventDefault(); }
  });
  wrap.addEventListener("focusout", (event) => { if (!wrap.contains(event.relatedTarget)) show(false); });
  return wrap;
}

function choices(element, block, on, kind) {
  const name = freshId("choice");
  const start = on.initial(block, element);
  const chosen = new Set(Array.isArray(start) ? start : [start]);
  const group = h("div", { class: "choices", role: kind === "radio" ? "radiogroup" : "group" });
  const value = () => {
    const picked = [...group.querySelectorAll("input:checked")].map((input) => input.value);
    return kind === "radio" ? picked[0] : picked;
  };
  group.append(...element.options.map((o) =>
    h("label", {}, h("input", { type: kind, name, value: o.value, checked: chosen.has(o.value), onchange: () => on.changed(block, element, value(), group) }),
      h("span", {}, textObject(o.text, on.reader), o.description ? h("small", {}, textObject(o.description, on.reader)) : null))));
  return group;
}

const INPUT_TYPES = { datepicker: "date", timepicker: "time", datetimepicker: "datetime-local", number_input: "text", email_text_input: "email", url_text_input: "url" };

function input(element, block, on) {
  const shared = { class: "bk-input", placeholder: plain(element.placeholder) || null, maxlength: element.max_length, "aria-label": nameOf(element, on) };
  const box = element.multiline ? h("textarea", { ...shared, rows: 4 }) : h("input", { ...shared, type: INPUT_TYPES[element.type] || "text", inputmode: element.type === "number_input" ? "decimal" : null });
  const start = on.initial(block, element);
  const isMoment = element.type === "datetimepicker";
  box.value = isMoment && start ? toLocalInput(start, on.reader) : (start ?? "");
  const value = () => (isMoment && box.value ? fromLocalInput(box.value, on.reader) : box.value);
  box.addEventListener(INPUT_TYPES[element.type]?.match(/date|time/) ? "change" : "input", () => on.changed(block, element, value(), box));
  return box;
}

// `on` says what to do: act(block, element, chosen, node), changed(…), suggest(…), initial(…), with reader and texts.
export function drawElement(element, block, on) {
  const people = () => [...on.reader.people.values()].filter((p) => !p.deleted).map((p) => [p.id, p.real_name]);
  const channels = () => on.reader.conversations.filter((c) => c.name).map((c) => [c.id, `#${c.name}`]);
  const makers = {
    button: () => button(element, block, on), workflow_button: () => button(element, block, on), icon_button: () => button(element, block, on),
    static_select: () => select(element, block, on, false), multi_static_select: () => select(element, block, on, true),
    external_select: () => externalSelect(element, block, on, false), multi_external_select: () => externalSelect(element, block, on, true),
    users_select: () => namedSelect(element, block, on, false, people()), multi_users_select: () => namedSelect(element, block, on, true, people()),
    channels_select: () => namedSelect(element, block, on, false, channels()), conversations_select: () => namedSelect(element, block, on, false, channels()),
    multi_channels_select: () => namedSelect(element, block, on, true, channels()), multi_conversations_select: () => namedSelect(element, block, on, true, channels()),
    overflow: () => overflow(element, block, on), checkboxes: () => choices(element, block, on, "checkbox"), radio_buttons: () => choices(element, block, on, "radio"),
    image: () => on.picture(element),
  };
  return (makers[element.type] || (() => input(element, block, on)))();
}
