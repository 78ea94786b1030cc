import assert from "node:assert/strict";
import type { PlacedOpening } from "../../../components/azure/openings";
import type { HostTopology } from "../../../components/network/topology";
import { scaleSetFaults } from "../../../components/settings/cross-checks/scale-set";
import { hosts, type ScaleSetSettings } from "../../../components/settings/hosts";
import { host, network, publishing } from "./support";

const settings = hosts.parse({
  ...{ kind: "scale-set", capacity: 2, maximum: 10 },
  administration: { sources: ["8.8.8.0/24"] },
}) as ScaleSetSettings;

type Labs = Parameters<typeof host>[0];

/** Hosts `labs-1`, `labs-2`, … with these labs `a`, `b`, … */
function on(...each: Labs[]): HostTopology[] {
  return each.map((labs, i) => ({ ...host(labs), name: `labs-${i + 1}`, kind: "scale-set" }));
}

function opening(lab: string, at: string, ...ports: number[]): PlacedOpening {
  return { lab, host: at, ports, service: "HTTP", listen: "0.0.0.0", sources: ["9.9.9.0/24"] };
}

function found(topology: HostTopology[], ...openings: PlacedOpening[]) {
  return scaleSetFaults(settings, topology, openings).map(({ key, value }) => [key, value]);
}

const open = (name: string, port: number) => ({ containers: [publishing(name, port, "0.0.0.0")] });

describe("labs on a scale set", () => {
  it("listen on all addresses or on loopback, as a machine's own is Azure's", () => {
    const right = [publishing("all", 81, "0.0.0.0"), publishing("own", 82, "127.0.0.2")];
    assert.deepEqual(found(on([{ containers: right }])), []);
    const wrong = on([{ containers: [publishing("one", 81, "10.0.1.4")] }]);
    assert.deepEqual(found(wrong), [["labs.a.one.port", "10.0.1.4"]]);
  });

  it("have networks apart from the one that their hosts are in", () => {
    assert.deepEqual(found(on([{ networks: [network({ subnet: "10.1.0.0/24" })] }])), []);
    const inside = network({ subnet: "10.0.0.0/24", setting: "network" });
    const wrong = on([{ networks: [inside] }]);
    assert.deepEqual(found(wrong), [["labs.a.network", "10.0.0.0/24"]]);
    const [{ allowed }] = scaleSetFaults(settings, wrong, []);
    assert.match(allowed, /outside 10\.0\.0\.0\/16, .* host "labs-1"/);
  });

  it("open no port by which the load balancer leads to hosts", () => {
    for (const [port, refused] of [
      [49_999, false],
      [50_000, true],
      [50_009, true],
      [50_010, false],
      [51_000, true],
      [51_010, false],
    ] as const) {
      const faults = found(on([open("web", port)]), opening("a", "labs-1", port));
      assert.deepEqual(faults, refused ? [["labs.a.web.port", port]] : []);
    }
  });

  it("open no port that leads to hosts' WinRM, where they have it", () => {
    const on52000 = on([open("web", 52_000)]);
    const of = (winrm: boolean) =>
      scaleSetFaults({ ...settings, administration: { ...settings.administration, winrm } }, on52000, [
        opening("a", "labs-1", 52_000),
      ]).map(({ value }) => value);
    assert.deepEqual([of(false), of(true)], [[], [52_000]]);
  });

  it("open a port for one lab, on however many hosts", () => {
    const same = on([open("web", 80)], [open("web", 80)]);
    assert.deepEqual(found(same, opening("a", "labs-1", 80), opening("a", "labs-2", 80)), []);
    const other = on([open("web", 80), {}], [{}, open("site", 80)]);
    const [fault, ...more] = scaleSetFaults(settings, other, [opening("a", "labs-1", 80), opening("b", "labs-2", 80)]);
    assert.deepEqual([fault.key, fault.value, more], ["labs.b.site.port", 80, []]);
    assert.match(fault.cure, /labs\.a\.web\.port has it/);
  });

  it("open no more ports than a machine can be behind", () => {
    const ports = Array.from({ length: 299 }, (_, i) => 1_000 + i);
    assert.deepEqual(found(on([{}]), opening("a", "labs-1", ...ports.slice(1))), []);
    assert.deepEqual(found(on([{}]), opening("a", "labs-1", ...ports)), [["labs.a.openings", 299]]);
  });
});
