import type { PlacedOpening } from "../azure/openings";
import type { PlacedExpectation, Target } from "./expectation";

/** The source of what this machine asks as anybody would: through the load balancer of a cloud. */
export const VISITOR = "visitor";

/** Stands in targets for the load balancer's address, which nobody knows before it is there. */
export const FRONT = "load-balancer";

/**
 * What a visitor must find of what the operator finds on the hosts: the same answers on ports that are opened, and none on
 * others. Who is let in by their address alone is no visitor: this machine may not be among them.
 * @param everybody Whether this machine is let in wherever anybody is.
 */
export function visitorExpectations(
  expectations: readonly PlacedExpectation[],
  openings: readonly PlacedOpening[],
  everybody: boolean,
): PlacedExpectation[] {
  const opened = (at: string, port: number): boolean =>
    openings.some(
      ({ host, ports, sources }) => host === at && ports.includes(port) && (everybody || sources.includes("0.0.0.0/0")),
    );
  return expectations.flatMap((each): PlacedExpectation[] => {
    if (each.kind === "answer" && each.from === "operator") {
      const port = portOf(each.url);
      return opened(each.at, port)
        ? [{ ...each, ...seen(each), url: each.url.replace(/\/\/[^/]+/, `//${FRONT}:${port}`) }]
        : [];
    }
    if (each.kind === "no-reach" && each.from === "operator") {
      const { at, to, control } = each;
      const known = opened(at, control.port) && !openings.some(({ ports }) => ports.includes(to.port));
      return known ? [{ ...each, ...seen(each), to: front(to), control: front(control) }] : [];
    }
    return [];
  });
}

function seen({ name }: PlacedExpectation): { name: string; from: string } {
  return { name: `${name}, through the load balancer`.replace(/^\d+\.\d+\.\d+\.\d+:/, "port "), from: VISITOR };
}

function front({ port }: Target): Target {
  return { host: FRONT, port };
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return Number(port || (protocol === "https:" ? 443 : 80));
}
