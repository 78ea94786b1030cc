import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FRONT, VISITOR } from "../../../components/checks/visitor";
import type { DeclaredCloud } from "../../../components/declaration";
import type { ContainerSpec, HostTopology } from "../../../components/network/topology";
import { type Laid, layOut } from "../../../tools/graph/layout";
import { toMermaid } from "../../../tools/graph/mermaid";
import { type Drawable, type Picture, pictureOf } from "../../../tools/graph/picture";
import { toSvg } from "../../../tools/graph/svg";
import { cloudSample, containerSpec, networkSpec, range } from "./support";

const cloud: DeclaredCloud = {
  provider: "azure",
  rehearsed: false,
  region: "westeurope",
  resourceGroup: "labs-test",
  scaleSet: "labs",
  size: "Standard_D4ds_v5",
  capacity: 2,
  hourly: 0.654,
  administration: { through: "load-balancer", sources: ["198.51.100.7/32"], winrm: false },
  openings: [
    {
      service: "HTTP",
      listen: "0.0.0.0",
      ports: [8080, 9999],
      sources: ["198.51.100.0/24"],
      host: "labs-1",
      lab: "web",
    },
  ],
  address: "192.0.2.10",
  instances: [
    { host: "labs-1", ssh: 50000, docker: 51000 },
    { host: "labs-2", ssh: 50003, docker: 51003 },
  ],
};

function published(name: string, hostPort: number, n?: number): ContainerSpec {
  const port = { address: "0.0.0.0", hostPort, containerPort: 80, protocol: "tcp", setting: "port" } as const;
  return { ...containerSpec("server", "one", `10.0.1.${(n ?? 0) + 1}`, n), name, ports: [port] };
}

function hostOf(name: string, containers: readonly ContainerSpec[]): HostTopology {
  const labs = [{ lab: "web", networks: [networkSpec("one", "10.0.1")], containers }];
  return { name, kind: "scale-set", os: "linux", labs };
}

/** The same on both hosts, of which one is let in. */
function sample(given: Partial<Drawable> = {}): Drawable {
  const hosts = ["labs-1", "labs-2"].map((name) => hostOf(name, [published("web", 8080)]));
  return { topology: { environment: "test", hosts }, expectations: [], cloud, ...given };
}

function ports({ edges }: Picture): string[] {
  return edges.filter(({ kind }) => kind === "port").map(({ from, to }) => `${from} ${to}`);
}

describe("a cloud in the picture", () => {
  it("lets in by its load balancer what is opened, and that alone", () => {
    const picture = pictureOf(sample());
    deepEqual(picture.cloud?.balancer.endpoints, [
      { id: "h0s0c0p0e", name: "tcp 8080", says: "HTTP from 198.51.100.0/24", port: "h0s0c0p0" },
    ]);
    deepEqual(ports(picture), ["x0 h0s0c0p0e", "h0s0c0p0e h0s0c0p0", "h0s0c0p0 h0s0c0", "h1s0c0p0 h1s0c0"]);
  });

  it("is asked by visitors through the load balancer, and else by the host itself", () => {
    const asked = (from: string, host: string, port: number) => {
      const to = { host, port };
      const expectations = [{ kind: "reach", name: "web", lab: "web", at: "labs-1", from, to } as const];
      const { edges, outside } = pictureOf(sample({ expectations }));
      const edge = edges.find(({ kind }) => kind === "must")!;
      const named = (id: string) => outside.find((box) => box.id === id);
      return [named(edge.from)?.name, named(edge.from)?.inside, named(edge.to)?.inside ?? edge.to];
    };
    deepEqual(asked(VISITOR, FRONT, 8080), ["outside", undefined, "h0s0c0p0e"]);
    deepEqual(asked(VISITOR, FRONT, 9), ["outside", undefined, "cb"]);
    deepEqual(asked("operator", "127.0.0.1", 8080), ["labs-1 itself", "h0", "h0s0c0p0"]);
    deepEqual(asked("operator", "127.0.0.1", 9), ["labs-1 itself", "h0", "h0"]);
  });

  it("shows a port that must be shut on the load balancer", async () => {
    const [to, control] = [9, 8080].map((port) => ({ host: FRONT, port }));
    const stated = { kind: "no-reach", name: "nothing else", lab: "web", at: "labs-1", from: VISITOR } as const;
    const picture = pictureOf(sample({ expectations: [{ ...stated, to, control }] }));
    match(toMermaid(picture), /subgraph cb.*\n.*\n +x\d\["<b>tcp 9<\/b><br\/>shut"\]\n +end/);
    match(await toSvg(picture), />shut</);
  });

  it("has one endpoint for the ports of many instances drawn as one", () => {
    const many = range(20).map((n) => published(`web-${n}`, 8090 + n, n));
    const openings = [{ ...cloud.openings[0], ports: range(20).map((n) => 8090 + n) }];
    const topology = { environment: "test", hosts: [hostOf("labs-1", many)] };
    const { balancer } = pictureOf(sample({ topology, cloud: { ...cloud, openings } })).cloud!;
    deepEqual(
      balancer.endpoints.map(({ name }) => name),
      ["tcp 8090 … 8109"],
    );
  });

  it("says where it is, what it is made of, what it costs, and how one gets to each instance", () => {
    const { cloud: box, hosts } = pictureOf(sample());
    equal(box?.name, "Azure, westeurope");
    deepEqual(box?.says, [
      "resource group labs-test",
      "scale set labs: 2 × Standard_D4ds_v5",
      "about $0.65 an hour, an estimate",
    ]);
    deepEqual(
      hosts.map(({ wayIn }) => wayIn),
      ["load balancer: SSH 50000, Docker 51000", "load balancer: SSH 50003, Docker 51003"],
    );
  });

  it("says where PowerShell remoting is, of the instances that have it", () => {
    const [one, two] = cloud.instances;
    const remoting = { ...cloud, instances: [{ ...one, winrm: 52_000 }, two] };
    deepEqual(
      pictureOf(sample({ cloud: remoting })).hosts.map(({ wayIn }) => wayIn),
      ["load balancer: SSH 50000, Docker 51000, WinRM 52000", "load balancer: SSH 50003, Docker 51003"],
    );
  });

  it("says that one gets to instances through Azure Bastion, where that is the way", () => {
    const throughBastion = { ...cloud, administration: { through: "bastion" as const, winrm: false } };
    deepEqual(
      pictureOf(sample({ cloud: throughBastion })).hosts.map(({ wayIn }) => wayIn)[0],
      "Azure Bastion, from 127.0.0.1: SSH 50000, Docker 51000",
    );
  });

  it("does not pass a rehearsal off as Azure", () => {
    match(pictureOf(sample({ cloud: { ...cloud, rehearsed: true } })).cloud!.name, /rehearsed on this machine/);
  });

  it("is drawn where nothing is let in, and its cost is not known", async () => {
    const picture = pictureOf(sample({ cloud: { ...cloud, openings: [], hourly: undefined } }));
    deepEqual(ports(picture), ["h0s0c0p0 h0s0c0", "h1s0c0p0 h1s0c0"]);
    match(await toSvg(picture), /data-name="load balancer"/);
    equal(picture.cloud?.says.length, 2);
  });

  it("surrounds the load balancer and the hosts, which stand apart", async () => {
    const picture = pictureOf(sample());
    const { boxes } = await layOut(picture);
    const [outer, balancer, ...hosts] = [picture.cloud!, picture.cloud!.balancer, ...picture.hosts].map(({ id }) =>
      boxes.get(id)!,
    );
    for (const inner of [balancer, ...hosts]) {
      ok(inner.x > outer.x && inner.y > outer.y);
      ok(inner.x + inner.width < outer.x + outer.width && inner.y + inner.height < outer.y + outer.height);
    }
    for (const host of hosts) {
      ok(balancer.x + balancer.width < host.x, "the load balancer is left of what it leads to");
    }
    const endpoint = boxes.get("h0s0c0p0e")!;
    ok(endpoint.x > balancer.x && endpoint.x + endpoint.width < balancer.x + balancer.width);
  });

  it("is in the SVG by name, and its style in no other", async () => {
    const svg = await toSvg(pictureOf(sample()));
    for (const text of ["Azure, westeurope", "192.0.2.10", "tcp 8080", "HTTP from 198.51.100.0/24"]) {
      ok(svg.includes(`>${text}<`), text);
    }
    ok(!(await toSvg(pictureOf(sample({ cloud: undefined })))).includes("cloud"));
  });

  it("is a subgraph of Mermaid's around the load balancer and the hosts", () => {
    equal(
      toMermaid(pictureOf(sample()))
        .split("\n")
        .filter((line) => /^ *(subgraph|end|c\w*f?\[|\w+e\()/.test(line))
        .join("\n"),
      `  subgraph c["<b>Azure, westeurope</b>"]
    cf["resource group labs-test<br/>scale set labs: 2 × Standard_D4ds_v5<br/>about #36;0.65 an hour, an estimate"]:::facts
    subgraph cb["<b>load balancer</b> 192.0.2.10"]
      h0s0c0p0e(["tcp 8080<br/>HTTP from 198.51.100.0/24"])
    end
    subgraph h0["<b>labs-1</b> container host: scale-set, linux load balancer: SSH 50000, Docker 51000"]
      subgraph h0n0["<b>one</b>"]
      end
    end
    subgraph h1["<b>labs-2</b> container host: scale-set, linux load balancer: SSH 50003, Docker 51003"]
      subgraph h1n0["<b>one</b>"]
      end
    end
  end`,
    );
  });

  for (const environment of ["azure-linux", "azure-windows"]) {
    it(`has room for each host of ${environment}, beside the others`, async () => {
      const picture = pictureOf(cloudSample(environment));
      const { boxes } = await layOut(picture);
      const hosts = picture.hosts.map(({ id }) => boxes.get(id)!);
      const apart = hosts.flatMap((a, i) => hosts.slice(i + 1).filter((b) => overlap(a, b)));
      deepEqual([hosts.length > 1, apart], [true, []]);
    });
  }

  it("is as docs/azure.md shows it; UPDATE_PICTURES=1 draws that anew", async () => {
    const file = join(__dirname, "..", "..", "..", "docs", "images", "azure-linux.svg");
    const svg = await toSvg(pictureOf(cloudSample("azure-linux")));
    if (process.env.UPDATE_PICTURES === "1") {
      writeFileSync(file, svg);
    }
    equal(readFileSync(file, "utf8"), svg);
  });
});

function overlap(a: Laid, b: Laid): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
