// The right column: what the CRM says about the contact that a message is about.

import { stampOf } from "./dates.js";
import { h } from "./dom.js";
import { fetchRecord } from "./server.js";

const moment = (value, reader) => {
  if (!value) return null;
  const date = new Date(/^\d+$/.test(value) ? Number(value) : value);
  return Number.isNaN(date.getTime()) ? value : stampOf(date, reader);
};

export class RecordPanel {
  constructor(box) {
    this.box = box;
    this.id = null;
    this.asked = 0;
  }

  // Shows another contact, or the same one afresh.
  async show(id, reader, texts) {
    Object.assign(this, { id, reader, texts });
    const asked = ++this.asked;
    const record = id ? await fetchRecord(id) : null;
    if (asked === this.asked) this.draw(record);
  }

  draw(record) {
    const { texts, id } = this;
    this.box.setAttribute("aria-label", texts.record);
    const top = h("header", {}, h("h2", {}, texts.record), h("button", { type: "button", class: "icon-button only-narrow", "aria-label": texts.closeRecord, onclick: () => document.body.classList.remove("record-open") }, "✕"));
    const reasons = { not_connected: texts.recordOff, unreachable: texts.recordGone, not_found: texts.recordMissing(id) };
    const body = !record ? h("p", { class: "empty" }, texts.recordHint)
      : record.ok ? this.contact(record) : h("p", { class: "empty" }, reasons[record.error] || record.error);
    this.box.replaceChildren(top, body);
  }

  // The words the portal shows for an internal value.
  label(definitions, name, value) {
    const definition = (definitions || []).find((d) => d.name === name);
    const option = definition?.options?.find((o) => o.value === value);
    return option ? option.label : value;
  }

  contact(record) {
    const { texts, reader } = this;
    const p = record.contact.properties;
    // A name in Chinese characters or kana keeps its order in every language.
    const isLatin = /^[\p{Script=Latin}\s'.-]+$/u.test(`${p.lastname || ""}${p.firstname || ""}`);
    const name = [p.lastname, p.firstname].filter(Boolean);
    const company = record.linked.companies[0]?.properties?.name || p.company;
    const owner = record.owners.find((o) => String(o.id) === String(p.hubspot_owner_id));
    const ownerName = owner ? [owner.lastName, owner.firstName].filter(Boolean).join(" ") : p.hubspot_owner_id;
    const services = (p.inquiry_service || "").split(";").filter(Boolean).map((v) => this.label(record.properties, "inquiry_service", v));
    const row = (term, value) => (value ? [h("dt", {}, term), h("dd", {}, value)] : []);
    return h("div", { class: "record-body" },
      h("p", { class: "record-name" }, (isLatin ? name.reverse() : name).join(" ") || `#${record.id}`, record.contact.archived ? h("span", { class: "badge" }, texts.archivedRecord) : null),
      h("p", { class: "record-id" }, `contacts:${record.id}`, company ? ` · ${company}` : ""),
      this.statusPill(record, p.hs_lead_status),
      h("dl", {}, row(texts.company, company), row(texts.owner, ownerName || texts.none), row(texts.services, services.join("、") || texts.none),
        row(texts.lastContact, moment(p.notes_last_contacted, reader)), row(texts.inquiry, moment(p.inquiry_date, reader)),
        row(texts.score, [p.lead_score, p.lead_rank].filter(Boolean).join(" · ")), row(texts.mail, p.email), row(texts.phone, p.phone)),
      this.history(record), this.deals(record), this.meetings(record),
      h("details", {}, h("summary", {}, texts.all), h("dl", { class: "raw" }, Object.entries(p).sort().map(([k, v]) => [h("dt", {}, k), h("dd", {}, String(v))]))));
  }

  statusPill(record, value) {
    const words = value ? this.label(record.properties, "hs_lead_status", value) : this.texts.blank;
    return h("p", { class: "status-line" }, h("span", {}, this.texts.status), h("strong", { class: `pill status-${(value || "blank").toLowerCase()}`, title: value || "" }, words));
  }

  history(record) {
    const entries = record.contact.history?.hs_lead_status || [];
    if (!entries.length) return null;
    const items = entries.map((e) => h("li", {}, h("strong", { title: e.value }, e.value ? this.label(record.properties, "hs_lead_status", e.value) : this.texts.blank),
      h("span", {}, moment(e.timestamp, this.reader), e.sourceType ? ` · ${e.sourceType}` : "")));
    return h("section", {}, h("h3", {}, this.texts.statusHistory), h("ol", { class: "timeline" }, items));
  }

  deals(record) {
    const stages = record.pipelines.flatMap((pipeline) => pipeline.stages || []);
    const items = record.linked.deals.map(({ properties: d }) => h("li", {}, h("strong", {}, d.dealname || "—"),
      h("span", {}, [stages.find((s) => s.id === d.dealstage)?.label || d.dealstage, d.amount ? `¥${Number(d.amount).toLocaleString()}` : null].filter(Boolean).join(" · "))));
    return items.length ? h("section", {}, h("h3", {}, this.texts.deals), h("ul", { class: "cards" }, items)) : null;
  }

  meetings(record) {
    const items = record.linked.meetings.map(({ properties: m }) => h("li", {}, h("strong", {}, m.hs_meeting_title || "—"),
      h("span", {}, [moment(m.hs_meeting_start_time || m.hs_timestamp, this.reader), m.hs_meeting_outcome].filter(Boolean).join(" · "))));
    return items.length ? h("section", {}, h("h3", {}, this.texts.meetings), h("ul", { class: "cards" }, items)) : null;
  }
}
