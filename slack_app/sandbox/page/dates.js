// How an instant is written for one reader: their zone, their language, and the workspace's idea of today.

const parts = (date, options, reader) => new Intl.DateTimeFormat(reader.locale, { timeZone: reader.tz, ...options }).format(date);
const dayKey = (date, reader) => new Intl.DateTimeFormat("en-CA", { timeZone: reader.tz }).format(date);

export const timeOf = (date, reader) => parts(date, { hour: "2-digit", minute: "2-digit", hour12: false }, reader);
export const dayOf = (date, reader) => parts(date, { month: "long", day: "numeric", weekday: "long" }, reader);
export const stampOf = (date, reader) => `${parts(date, { year: "numeric", month: "2-digit", day: "2-digit" }, reader)} ${timeOf(date, reader)}`;
export const isSameDay = (a, b, reader) => dayKey(a, reader) === dayKey(b, reader);
export const dateOfTs = (ts) => new Date(parseFloat(ts) * 1000);

function pretty(date, reader, otherwise) {
  const day = 86400000;
  const ja = reader.locale.startsWith("ja");
  const near = [[0, ja ? "今日" : "Today"], [-day, ja ? "昨日" : "Yesterday"], [day, ja ? "明日" : "Tomorrow"]];
  const hit = near.find(([shift]) => dayKey(date, reader) === dayKey(new Date(reader.now.getTime() + shift), reader));
  return hit ? hit[1] : otherwise;
}

function ago(date, reader) {
  const seconds = (date - reader.now) / 1000;
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) || units[3];
  return new Intl.RelativeTimeFormat(reader.locale, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

// The placeholders of Slack's <!date^…> and of rich text dates.
export function formatDate(seconds, format, reader) {
  const date = new Date(Number(seconds) * 1000);
  const short = parts(date, { year: "numeric", month: "short", day: "numeric" }, reader);
  const long = parts(date, { year: "numeric", month: "long", day: "numeric", weekday: "long" }, reader);
  const middle = parts(date, { year: "numeric", month: "long", day: "numeric" }, reader);
  const words = {
    date_num: dayKey(date, reader), date_slash: dayKey(date, reader).replaceAll("-", "/"), date: middle, date_short: short, date_long: long,
    date_pretty: pretty(date, reader, middle), date_short_pretty: pretty(date, reader, short), date_long_pretty: pretty(date, reader, long),
    time: timeOf(date, reader), time_secs: parts(date, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }, reader), ago: ago(date, reader),
    day_divider_pretty: pretty(date, reader, long),
  };
  return format.replace(/\{(\w+)\}/g, (all, name) => words[name] ?? all);
}

// What an <input type="datetime-local"> shows for an instant, and back, in the reader's own zone.
const zoneShift = (millis, reader) => {
  const local = new Intl.DateTimeFormat("sv-SE", { timeZone: reader.tz, dateStyle: "short", timeStyle: "medium" }).format(new Date(millis));
  return Date.parse(`${local.replace(" ", "T")}Z`) - Math.floor(millis / 1000) * 1000;
};
export const toLocalInput = (seconds, reader) => new Date(seconds * 1000 + zoneShift(seconds * 1000, reader)).toISOString().slice(0, 16);
export function fromLocalInput(value, reader) {
  const asUtc = Date.parse(`${value}Z`);
  return Math.floor((asUtc - zoneShift(asUtc, reader)) / 1000);
}
