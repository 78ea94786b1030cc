import type { CloudBox, EndpointBox } from "./cloud";
import type { ContainerBox, Edge, HostBox, NetworkBox, OutsideBox, PortBox, Relation } from "./picture";
import type { Line } from "./text";

/** As many relations are written on an edge or in a box; of more, how many are left. */
const MOST_RELATIONS = 4;

/** What is written in a container's box. */
export function containerLines(box: ContainerBox): Line[] {
  return [
    { text: box.count > 1 ? `${box.name} ×${box.count}` : box.name, style: "title", status: box.status },
    { text: box.on === undefined ? box.role : `${box.role} on ${box.on}`, style: "plain" },
    ...(box.address === undefined ? [] : [{ text: box.address, style: "mono" } as const]),
    ...(box.aliases.length === 0 ? [] : [{ text: `alias ${box.aliases.join(", ")}`, style: "plain" } as const]),
    ...box.hostsEntries.map((entry): Line => ({ text: `hosts ${entry}`, style: "plain" })),
    ...relationLines(box.notes),
  ];
}

/** What is written over what is in a network. */
export function networkLines({ name, lab, subnet, gateway, ipRange, bridge, status }: NetworkBox): Line[] {
  const further = [ipRange && `range ${ipRange}`, bridge && `bridge ${bridge}`].filter(Boolean);
  return [
    { text: name, style: "title", status },
    { text: `lab ${lab}`, style: "plain" },
    { text: `${subnet}  gateway ${gateway}`, style: "mono" },
    ...(further.length === 0 ? [] : [{ text: further.join("  "), style: "mono" } as const]),
  ];
}

export function hostLines({ name, says, wayIn }: HostBox): Line[] {
  return [
    { text: name, style: "title" },
    { text: `container host: ${says}`, style: "plain" },
    ...(wayIn === undefined ? [] : [{ text: wayIn, style: "plain" } as const]),
  ];
}

/** What is written over what is in a cloud. */
export function cloudLines({ name, says }: CloudBox): Line[] {
  return [{ text: name, style: "title" }, ...says.map((text): Line => ({ text, style: "plain" }))];
}

export function balancerLines({ address }: CloudBox["balancer"]): Line[] {
  return [
    { text: "load balancer", style: "title" },
    { text: address, style: "mono" },
  ];
}

export function endpointLines({ name, says }: EndpointBox): Line[] {
  return [
    { text: name, style: "mono" },
    { text: says, style: "plain" },
  ];
}

export function portLines({ name }: PortBox): Line[] {
  return [{ text: name, style: "mono" }];
}

export function outsideLines({ name, says }: OutsideBox): Line[] {
  return [
    { text: name, style: "title" },
    { text: says, style: "plain" },
  ];
}

/** What is written on an edge. */
export function edgeLines({ relations }: Edge): Line[] {
  return relationLines(relations);
}

function relationLines(relations: readonly Relation[]): Line[] {
  const shown = relations.length > MOST_RELATIONS ? relations.slice(0, MOST_RELATIONS - 1) : relations;
  const left = relations.length - shown.length;
  return [
    ...shown.map(({ kind, text, count, status }): Line => ({
      text: count > 1 ? `${text} ×${count}` : text,
      style: kind === "must-not" ? "must-not" : "plain",
      status,
    })),
    ...(left === 0 ? [] : [{ text: `and ${left} more`, style: "plain" } as const]),
  ];
}
