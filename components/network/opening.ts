/**
 * Published ports that these sources may reach, and nobody else but the host itself. It is declared once: what a
 * host in a cloud needs besides, its network's security rule and its load balancer's endpoint, are made of the same.
 */
export interface Opening {
  /** What answers there, for whoever reads the rules: `HTTP`. */
  readonly service: string;
  /** The host's address that the ports listen on; 0.0.0.0 is all of them. */
  readonly listen: string;
  readonly ports: readonly number[];
  /** TCP unless it is said. */
  readonly protocol?: "udp";
  /** Subnets in CIDR form; 0.0.0.0/0 is everybody. */
  readonly sources: readonly string[];
}

/** A rule for ports in a row, as both systems show it. */
export interface NamedRule {
  /** `TCP8090-8094` */
  readonly name: string;
  /** `HTTP on TCP/8090-8094` */
  readonly displayName: string;
  /** `8090-8094`, or `81`. */
  readonly ports: string;
  readonly protocol: "TCP" | "UDP";
}

/** An opening's ports as rules, one for each row of ports without a gap, in their order. */
export function namedRules({ service, ports, protocol: lower }: Opening): NamedRule[] {
  const protocol = lower === "udp" ? "UDP" : "TCP";
  const rows: { first: number; last: number }[] = [];
  for (const port of [...new Set(ports)].sort((a, b) => a - b)) {
    const row = rows.at(-1);
    if (row?.last === port - 1) {
      row.last = port;
    } else {
      rows.push({ first: port, last: port });
    }
  }
  return rows.map(({ first, last }) => {
    const range = first === last ? String(first) : `${first}-${last}`;
    return { name: `${protocol}${range}`, displayName: `${service} on ${protocol}/${range}`, ports: range, protocol };
  });
}
