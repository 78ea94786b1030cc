const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long, in the two largest units: `3 d 4 h`, `5 h 12 min`, `1 min`. */
export function spanText(milliseconds: number): string {
  const minutes = Math.round(milliseconds / MINUTE) * MINUTE;
  const parts = [
    { count: Math.floor(minutes / DAY), unit: "d" },
    { count: Math.floor((minutes % DAY) / HOUR), unit: "h" },
    { count: Math.floor((minutes % HOUR) / MINUTE), unit: "min" },
  ];
  const first = parts.findIndex(({ count }) => count > 0);
  const told = first < 0 ? [] : parts.slice(first, first + 2).filter(({ count }) => count > 0);
  return told.map(({ count, unit }) => `${count} ${unit}`).join(" ") || "less than a minute";
}

/** When it ends, or how long it is over. */
export function endText(end: Date | undefined, now = Date.now()): string {
  if (end === undefined) {
    return "no end";
  }
  const left = end.getTime() - now;
  const at = end
    .toISOString()
    .replace(/:\d\d\.\d{3}Z$/, "Z")
    .replace("T", " ");
  return left > 0 ? `ends in ${spanText(left)}, ${at}` : `over for ${spanText(-left)}, ${at}`;
}
