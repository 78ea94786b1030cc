import { join } from "node:path";
import { frontendRange } from "../../../components/azure/ports";
import type { Check, CheckStatus, PlacedExpectation, Report } from "../../../components/checks/expectation";
import type { DeclaredCloud } from "../../../components/declaration";
import { labs } from "../../../components/labs";
import type { ContainerSpec, NetworkSpec, Topology } from "../../../components/network/topology";
import { planOf } from "../../../components/plan";
import { parseSettings } from "../../../components/settings";
import type { Drawable } from "../../../tools/graph/picture";
import { readStackFile } from "../../../tools/stack-file";

export interface Sample {
  readonly topology: Topology;
  readonly expectations: readonly PlacedExpectation[];
}

/** A lab as it is by default, on this machine. */
export function labSample(lab: string): Sample {
  const { settings: schema, topology, expectations } = labs[lab];
  const settings = schema.parse({});
  const placed = { lab, ...topology(settings, "linux") };
  const host = { name: "local", kind: "local", os: "linux" } as const;
  const environment = "local";
  return {
    topology: { environment, hosts: [{ ...host, labs: [placed] }] },
    expectations: expectations(settings, "linux", { environment, host: host.name, hosts: [host] }).map((each) => ({
      ...each,
      lab,
      at: host.name,
    })),
  };
}

export const dockerNetworksSample = (): Sample => labSample("docker-networks");

/** An environment in Azure as its stack file declares it, its machines behind the first ports. */
export function cloudSample(environment: string): Drawable & Sample {
  const root = join(__dirname, "..", "..", "..");
  const settings = parseSettings(readStackFile(root, environment).settings, environment);
  const { topology, expectations, openings, cost } = planOf(settings);
  const { hosts } = settings;
  if (hosts.kind !== "scale-set") {
    throw new Error(`${environment} is not in Azure`);
  }
  const { location: region, name: scaleSet, size, capacity, administration, rehearsed, maximum } = hosts;
  const cloud: DeclaredCloud = {
    ...{ provider: "azure", rehearsed, region, scaleSet, size, capacity, openings, administration },
    resourceGroup: `container-network-labs-${environment}`,
    hourly: cost?.hourly,
    address: "203.0.113.10",
    instances: topology.hosts.map(({ name: host }, i) => ({
      host,
      ssh: frontendRange("ssh", maximum).first + i,
      docker: frontendRange("docker", maximum).first + i,
    })),
  };
  return { topology, expectations, cloud };
}

/** A report in which each expectation has the status that is given for it. */
export function reportOn(
  { topology, expectations }: Sample,
  status: (expectation: PlacedExpectation) => CheckStatus = () => "pass",
): Report {
  const checks = expectations.map((each): Check => ({
    lab: each.lab,
    at: each.at,
    name: each.name,
    kind: each.kind,
    from: "from" in each ? each.from : "",
    to: "",
    status: status(each),
    detail: "as expected",
    ms: 12,
  }));
  return { environment: topology.environment, checks };
}

/** 3 hosts, 5 networks, 40 containers that are drawn each for itself, and a thousand that are drawn as one. */
export function crowdedSample(): Sample {
  const sizes = [
    ["first", ["front", "back"]],
    ["second", ["north", "south"]],
    ["third", ["east"]],
  ] as const;
  const expectations: PlacedExpectation[] = [];
  const hosts = sizes.map(([name, networks], i) => ({
    name,
    kind: "remote",
    os: "linux" as const,
    labs: [
      {
        lab: "many",
        networks: networks.map((network, j) => networkSpec(network, `10.${i}.${j}`)),
        containers: networks.flatMap((network, j) => {
          const servers = ["api", "store"].map((role) =>
            containerSpec(role, network, `10.${i}.${j}.${role === "api" ? 2 : 3}`),
          );
          const clients = range(6).map((n) => containerSpec("worker", network, `10.${i}.${j}.${n + 10}`, n));
          const [api, store] = servers.map(({ endpoints }) => ({ host: endpoints[0].address, port: 80 }));
          const stated = { lab: "many", at: name };
          clients.forEach(({ name: from }) =>
            expectations.push({ ...stated, kind: "reach", name: `${from} reaches the api`, from, to: api }),
          );
          expectations.push(
            { ...stated, kind: "reach", name: `${network} api reaches its store`, from: `${network}-api`, to: store },
            {
              ...stated,
              kind: "no-reach",
              name: `${network} workers stay away from the store`,
              from: `${network}-worker-0`,
              to: store,
              control: api,
            },
          );
          return [...servers, ...clients];
        }),
      },
    ],
  }));
  const many = range(1000).map((n) => containerSpec("app", "east", `10.2.${1 + Math.floor(n / 250)}.${n % 250}`, n));
  many.forEach(({ name: from }) =>
    expectations.push({
      lab: "many",
      at: "third",
      kind: "reach",
      name: `${from} reaches the api`,
      from,
      to: { host: "10.2.0.2", port: 80 },
    }),
  );
  const [lab] = hosts[2].labs;
  const third = { ...hosts[2], labs: [{ ...lab, containers: [...lab.containers, ...many] }] };
  return { topology: { environment: "crowded", hosts: [...hosts.slice(0, 2), third] }, expectations };
}

export function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

export function networkSpec(name: string, prefix: string): NetworkSpec {
  return { name, subnet: `${prefix}.0/24`, gateway: `${prefix}.254`, bridge: `${name}0`, setting: name };
}

export function containerSpec(role: string, network: string, address: string, n?: number): ContainerSpec {
  const name = n === undefined ? `${network}-${role}` : `${network}-${role}-${n}`;
  const endpoints = [{ network, address, aliases: [] }];
  return { name, role, image: role, endpoints, hostsEntries: [], ports: [], setting: role };
}

/** Names that would be more than text to XML, HTML, Mermaid or Graphviz. */
export const hostileNames = [
  `<script>alert("1")</script>`,
  `"]; end; click h0 "javascript:alert(1)" %%`,
  `</style></svg><img src=x onerror=alert(1)>`,
  "back`tick` \\ 'quotes' & &amp; #35; {braces}",
  "control\u0000\u001b[31m \ud800 line\nbreak",
];

export function hostileSample(): Sample {
  const network = networkSpec(hostileNames[1], "10.0.0");
  const containers = hostileNames.map((name, i): ContainerSpec => ({
    ...containerSpec(`role ${name}`, network.name, `10.0.0.${i + 1}`),
    name,
    ports: [{ address: "127.0.0.1", hostPort: 8000 + i, containerPort: 80, protocol: "tcp", setting: "port" }],
    hostsEntries: [{ name, address: "10.0.0.1" }],
  }));
  const [lab] = hostileNames;
  const host = hostileNames[2];
  const expectations = hostileNames.slice(1).map((from): PlacedExpectation => ({
    kind: "answer",
    name: `${from} gets an answer`,
    lab: lab,
    at: host,
    from,
    url: "http://10.0.0.1/<script>",
    status: 200,
    contains: "",
  }));
  return {
    topology: {
      environment: hostileNames[0],
      hosts: [{ name: host, kind: "local", os: "linux", labs: [{ lab: lab, networks: [network], containers }] }],
    },
    expectations,
  };
}
