// The page behind "Open in CRM": one contact's record on its own, as the CRM has it now.

import { RecordPanel } from "./record.js";
import { byId } from "./dom.js";
import { textsFor } from "./texts.js";

const locale = navigator.language || "ja-JP";
const texts = textsFor(locale);
const reader = { locale, tz: "Asia/Tokyo" };
const id = location.pathname.split("/").pop();

document.documentElement.lang = locale;
document.title = `${texts.record} ${id}`;
await new RecordPanel(byId("record")).show(id, reader, texts);
