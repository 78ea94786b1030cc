import type { CheckStatus, PlacedExpectation, Target } from "../../components/checks/expectation";
import { VISITOR } from "../../components/checks/visitor";
import type { CloudBox } from "./cloud";
import type { Edge, EdgeKind, OutsideBox, Relation } from "./picture";
import { type Placed, type Placing, span } from "./placing";
import { worst } from "./statuses";
import { type Found, Targets } from "./targets";

type Status = CheckStatus | undefined;

/** What `from` is for checks that are made from no container. */
const OPERATOR = "operator";

interface Gathered {
  readonly kind: EdgeKind;
  readonly text: string;
  readonly statuses: Status[];
}

interface Between {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  /** By their text: what is said of many containers drawn as one is drawn once. */
  readonly said: Map<string, Gathered>;
}

/** Collects what the expectations say of the boxes and between them. */
export class Relations {
  private readonly targets: Targets;
  private readonly between = new Map<string, Between>();
  private readonly outsideBoxes = new Map<string, OutsideBox>();
  private readonly statusesOfBoxes = new Map<string, Status[]>();
  private readonly stackOfBox: ReadonlyMap<string, string>;
  /** The load balancer's endpoints by the ports that they lead to. */
  private readonly endpoints: ReadonlyMap<string, string>;

  constructor(
    private readonly placing: Placing,
    private readonly balancer?: CloudBox["balancer"],
  ) {
    this.targets = new Targets(placing);
    this.endpoints = new Map((balancer?.endpoints ?? []).map(({ id, port }) => [port, id]));
    this.stackOfBox = new Map(placing.containers.map(({ box, stack }) => [box, stack]));
    for (const { box, id } of placing.ports) {
      const endpoint = this.endpoints.get(id);
      if (endpoint !== undefined) {
        this.relate(this.outsider(), endpoint, "port");
        this.relate(endpoint, id, "port");
      } else if (balancer === undefined) {
        this.relate(this.outsider(), id, "port");
      }
      this.relate(id, box, "port");
    }
    this.addForwarding();
    this.addFurtherEndpoints();
  }

  add(expectation: PlacedExpectation, status: Status): void {
    const { at } = expectation;
    switch (expectation.kind) {
      case "network":
        return this.mark(this.network(at, expectation.network), status);
      case "endpoint":
        return this.mark(this.targets.container(at, expectation.container)?.box, status);
      case "log":
        return this.mark(this.targets.container(at, expectation.from)?.box, status);
      case "digest":
        return this.mark(this.targets.container(at, expectation.container)?.box, status);
      case "artefact":
      case "member":
        // It is on this machine, which is not in the picture; and what hosts are to each other, no line says.
        return;
      case "resolve": {
        const through = expectation.through === "dns" ? "DNS" : "hosts file";
        return this.draw(
          expectation,
          { host: expectation.address },
          "must",
          `finds ${expectation.host} (${through})`,
          status,
        );
      }
      case "shared-listener":
        return this.draw(expectation, { host: "localhost" }, "must", `sees tcp ${expectation.port} listening`, status);
      case "reach":
      case "no-reach": {
        const kind = expectation.kind === "reach" ? "must" : "must-not";
        return this.draw(
          expectation,
          expectation.to,
          kind,
          `${kind === "must" ? "" : "not "}tcp ${expectation.to.port}`,
          status,
        );
      }
      case "answer":
      case "counted":
        return this.draw(expectation, targetOf(expectation.url), "must", asked(expectation), status);
      case "published":
        // What no host answers leads to nothing that could be drawn.
        return expectation.by === "none"
          ? undefined
          : this.draw(expectation, targetOf(expectation.url), "must", asked(expectation), status);
    }
  }

  statuses(box: string): readonly Status[] {
    return this.statusesOfBoxes.get(box) ?? [];
  }

  /** What is said of a box alone, or within its network stack. */
  notes(box: string): Relation[] {
    return [...this.between.values()]
      .filter(({ from, to }) => from === box && this.isWithin(from, to))
      .flatMap(({ said }) => [...said.values()].map(relation));
  }

  edges(): Edge[] {
    const drawn = [...this.between.values()].filter(({ from, to }) => !this.isWithin(from, to));
    // That a port can be reached from outside goes without saying where an expectation says so.
    const said = drawn.filter((edge) => edge.said.size > 0 || !this.between.has(keyOf({ ...edge, kind: "must" })));
    return said.map(({ from, to, kind, said: texts }, i) => {
      const gathered = [...texts.values()];
      const status = worst(gathered.flatMap(({ statuses }) => statuses));
      return { id: `e${i}`, from, to, kind, relations: gathered.map(relation), status };
    });
  }

  outside(): OutsideBox[] {
    return [...this.outsideBoxes.values()];
  }

  private draw(
    { at, from }: PlacedExpectation & { from: string },
    { host, port }: Partial<Target> & { host: string },
    kind: EdgeKind,
    text: string,
    status: Status,
  ): void {
    const source = from === OPERATOR || from === VISITOR ? undefined : this.targets.container(at, from);
    const found = source ? this.targets.fromContainer(source, host, port) : this.targets.fromOutside(at, host, port);
    this.mark(source?.box, status);
    if (from === VISITOR) {
      return this.relate(this.outsider(), this.front(found, port), kind, text, status);
    }
    // What a host of a cloud publishes, `verify` asks for on that host: from outside it may well be shut.
    const on = source === undefined && this.balancer !== undefined ? at : undefined;
    const operator = (): string => (on === undefined ? this.outsider() : this.itself(on));
    this.relate(source?.box ?? operator(), this.boxOf(found, host, on), kind, text, status);
  }

  private relate(from: string, to: string, kind: EdgeKind, text = "", status?: Status): void {
    const id = keyOf({ from, to, kind });
    const pair = this.between.get(id) ?? { from, to, kind, said: new Map<string, Gathered>() };
    this.between.set(id, pair);
    if (text === "") {
      return;
    }
    const gathered = pair.said.get(text) ?? { kind, text, statuses: [] };
    pair.said.set(text, gathered);
    gathered.statuses.push(status);
  }

  private boxOf(found: Found | undefined, host: string, on?: string): string {
    return found?.port?.id ?? found?.container?.box ?? this.box(host, "not a container", this.hostId(on));
  }

  /** What the load balancer has of a port, be it an endpoint or nothing. */
  private front(found: Found | undefined, port = 0): string {
    const endpoint = this.endpoints.get(found?.port?.id ?? "");
    return endpoint ?? this.box(`tcp ${port}`, "shut", this.balancer?.id);
  }

  private outsider(): string {
    return this.box("outside", this.balancer === undefined ? "the machine that runs verify" : "whoever is let in");
  }

  private itself(host: string): string {
    return this.box(`${host} itself`, "where verify asks from", this.hostId(host));
  }

  private hostId(name: string | undefined): string | undefined {
    return this.placing.hosts.find((each) => each.name === name)?.id;
  }

  private box(name: string, says: string, inside?: string): string {
    const key = JSON.stringify([name, inside]);
    const known = this.outsideBoxes.get(key);
    const box = known ?? { id: `x${this.outsideBoxes.size}`, name, says, ...(inside && { inside }) };
    this.outsideBoxes.set(key, box);
    return box.id;
  }

  private mark(box: string | undefined, status: Status): void {
    if (box !== undefined) {
      const statuses = this.statusesOfBoxes.get(box) ?? [];
      statuses.push(status);
      this.statusesOfBoxes.set(box, statuses);
    }
  }

  private network(host: string, name: string): string | undefined {
    return this.placing.hosts.flatMap(({ networks }) => networks).find((n) => n.host === host && n.spec.name === name)
      ?.id;
  }

  /** Port proxies and routes to a next hop lead from a container to another. */
  private addForwarding(): void {
    for (const container of this.placing.containers) {
      const { portProxies = [], routes = [] } = container.spec.stack ?? {};
      for (const { listen, connect } of portProxies) {
        const to = this.targets.fromContainer(container, connect.address, connect.port)?.container;
        this.forward(container, to, `${listen.address}:${listen.port} → port ${connect.port}`);
      }
      for (const { destination, nextHop } of routes) {
        const to = nextHop === undefined ? undefined : this.targets.fromContainer(container, nextHop)?.container;
        this.forward(container, to, `route ${destination}`);
      }
    }
  }

  private forward(from: Placed, to: Placed | undefined, text: string): void {
    if (to !== undefined) {
      this.relate(from.box, to.box, "forward", text);
    }
  }

  /** A container is drawn in its first network; a line leads to each other one. */
  private addFurtherEndpoints(): void {
    for (const members of grouped(this.placing.containers)) {
      const { host, box, spec } = members[0];
      spec.endpoints.slice(1).forEach(({ network, address }, i) => {
        const to = this.network(host, network);
        if (to !== undefined) {
          this.relate(box, to, "endpoint", span(address, members.at(-1)!.spec.endpoints[i + 1].address));
        }
      });
    }
  }

  private isWithin(from: string, to: string): boolean {
    return from === to || (this.stackOfBox.has(from) && this.stackOfBox.get(from) === this.stackOfBox.get(to));
  }
}

/** The containers by the box they are drawn as. */
function grouped(containers: readonly Placed[]): Placed[][] {
  const boxes = new Map<string, Placed[]>();
  for (const container of containers) {
    const members = boxes.get(container.box) ?? [];
    members.push(container);
    boxes.set(container.box, members);
  }
  return [...boxes.values()];
}

function relation({ kind, text, statuses }: Gathered): Relation {
  return { kind, text, count: statuses.length, status: worst(statuses) };
}

function keyOf({ from, to, kind }: { from: string; to: string; kind: EdgeKind }): string {
  return JSON.stringify([from, to, kind]);
}

/** What is asked, without the query, and what it is answered with where that is not the usual. */
function asked(expectation: Extract<PlacedExpectation, { url: string }>): string {
  const [url] = expectation.url.split("?");
  return expectation.kind === "counted"
    ? `${expectation.requests} requests, each seen once`
    : `${url}${expectation.status === 200 ? "" : ` → ${expectation.status}`}`;
}

/** Host and port that a URL leads to. What is no URL is shown as it is. */
function targetOf(url: string): { host: string; port?: number } {
  if (!URL.canParse(url)) {
    return { host: url };
  }
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname, port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port) };
}
