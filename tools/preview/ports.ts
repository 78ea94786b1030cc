import type { AclRule } from "../../components/network/acl/rule";
import type { EndpointSpec } from "../../components/network/topology";

/** A row of ports, both ends included. */
export interface Ports {
  readonly low: number;
  readonly high: number;
}

export const everyPort: Ports = { low: 1, high: 65_535 };

/**
 * All ports, cut wherever a rule of one of these endpoints begins or ends to speak of them: within a row, one port fares
 * as any other does.
 */
export function portRows(endpoints: readonly EndpointSpec[], further: readonly number[] = []): Ports[] {
  const spoken = endpoints
    .flatMap(({ acl = [] }) => acl)
    .flatMap(({ direction, localPorts, remotePorts }: AclRule) => (direction === "In" ? localPorts : remotePorts))
    .map(rangeOf);
  const starts = new Set([
    everyPort.low,
    ...spoken.flatMap(({ low, high }) => [low, high + 1]),
    ...further.flatMap((port) => [port, port + 1]),
  ]);
  const sorted = [...starts].filter((start) => start <= everyPort.high).sort((a, b) => a - b);
  return sorted.map((low, i) => ({ low, high: (sorted[i + 1] ?? everyPort.high + 1) - 1 }));
}

function rangeOf(text: string): Ports {
  const [low, high = low] = text.split("-").map(Number);
  return { low, high };
}

/** Rows of ports in their order, those that touch made one. */
export function joined(rows: readonly Ports[]): Ports[] {
  const result: Ports[] = [];
  for (const row of rows) {
    const last = result.at(-1);
    if (last !== undefined && last.high + 1 === row.low) {
      result[result.length - 1] = { low: last.low, high: row.high };
    } else {
      result.push(row);
    }
  }
  return result;
}

/** `tcp 80, 8000-8999`; `every tcp port but 80` where that is the shorter. */
export function portsInWords(protocol: string, rows: readonly Ports[]): string {
  const list = (some: readonly Ports[]): string =>
    some.map(({ low, high }) => (low === high ? String(low) : `${low}-${high}`)).join(", ");
  const others = joined(complement(rows));
  if (others.length === 0) {
    return `every ${protocol} port`;
  }
  const mostly = rows.reduce((sum, { low, high }) => sum + high - low + 1, 0) > everyPort.high / 2;
  return mostly ? `every ${protocol} port but ${list(others)}` : `${protocol} ${list(rows)}`;
}

function complement(rows: readonly Ports[]): Ports[] {
  const edges = [{ low: 0, high: 0 }, ...rows, { low: everyPort.high + 1, high: everyPort.high + 1 }];
  return edges
    .slice(1)
    .flatMap(({ low }, i) => (edges[i].high + 1 < low ? [{ low: edges[i].high + 1, high: low - 1 }] : []));
}
