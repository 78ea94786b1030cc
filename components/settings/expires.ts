import { z } from "zod";
import type { Fault } from "./fault";
import { words } from "./types";

const MILLISECONDS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** How long, as settings and commands take it: `90m`, `8h`, `3d`; at most 9,999 of a unit. */
const durationText = /^([1-9]\d{0,3})([mhd])$/;

/** When an environment is meant to end. */
export const expires = z
  .union([z.string().regex(durationText), z.iso.datetime({ offset: true })])
  .optional()
  .describe("When `npm run expire` may take it down: a time, or how long after it was first brought up.")
  .register(words, {
    allowed: "a number of minutes, hours or days such as 90m, 8h or 3d, or a time with its offset, in quotes",
    cure: 'write how long it is needed, for example 8h, or until when, for example "2027-01-31T18:00:00Z"',
  });

/** A duration in milliseconds; undefined for a text that is none. */
export function durationOf(text: string): number | undefined {
  const [, count, unit] = durationText.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * MILLISECONDS[unit as keyof typeof MILLISECONDS];
}

/** A time that is over, which no update can bring about; `raw` is the setting as it was given. */
export function pastEndFaults(raw: unknown, now = Date.now()): Fault[] {
  const { data } = expires.safeParse(raw);
  if (data === undefined || durationOf(data) !== undefined || Date.parse(data) > now) {
    return [];
  }
  const cure = "write a later one, or how long it is needed from its first update on, for example 8h";
  return [{ key: "expires", value: raw, allowed: "a time to come; this one is over", cure }];
}
