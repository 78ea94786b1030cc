import { z } from "zod";
import { port, words, type CheckWords } from "../../settings/types";

/** A range of ports as settings write it. */
const range = z
  .string()
  .regex(/^[1-9]\d{0,4}-[1-9]\d{0,4}$/)
  .check(({ value, issues }) => {
    if (issues.length > 0) {
      return;
    }
    const [first, last] = value.split("-").map(Number);
    if (Math.max(first, last) > 65_535) {
      issues.push({ code: "custom", input: value });
    } else if (first > last) {
      const cure = `write ${last}-${first}, the lower port first`;
      issues.push({ code: "custom", input: value, params: { cure } satisfies CheckWords });
    }
  });

const instanceName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]*$/);

const several = (given: number | string | (number | string)[]): string => [given].flat().join(", ");

/** Ports one by one, as a range, or as a list of both; in the settings it becomes a text with commas. */
export const portList = z
  .union([port, range, z.array(z.union([port, range]))])
  .transform(several)
  .register(words, {
    allowed: 'a port from 1 to 65535, a range like "8090-8094", or a list of them',
    cure: 'write it like 8090, "8090-8094", or [8090, "8092-8094"]',
  });

/** The same, in which an instance may stand by its name as well. */
export const portOrInstanceList = z
  .union([port, range, instanceName, z.array(z.union([port, range, instanceName]))])
  .transform(several)
  .register(words, {
    allowed: "a port, a range of ports, the name of an instance, or a list of them",
    cure: 'write it like 8092, "8092-8093", app-8092, or [8092, app-8094]',
  });

/** What such a text lists, each entry by itself. */
export function entries(list: string): string[] {
  return list === "" ? [] : list.split(", ");
}

/** The ports of an entry; undefined for an instance's name. */
export function portsOf(entry: string): number[] | undefined {
  if (!/^\d/.test(entry)) {
    return undefined;
  }
  const [first, last = first] = entry.split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}
