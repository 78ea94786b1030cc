import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SaxesParser } from "saxes";
import { labs } from "../../../components/labs";
import { pictureOf } from "../../../tools/graph/picture";
import { toSvg } from "../../../tools/graph/svg";
import {
  crowdedSample,
  dockerNetworksSample,
  hostileNames,
  hostileSample,
  labSample,
  reportOn,
  type Sample,
} from "./support";

/** The names of the elements and all text, by a parser that accepts well-formed XML only. */
function parse(xml: string): { elements: string[]; texts: string[] } {
  const parser = new SaxesParser({ xmlns: true });
  const elements: string[] = [];
  const texts: string[] = [];
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name }) => elements.push(name));
  parser.on("text", (text) => texts.push(text));
  parser.write(xml).close();
  return { elements, texts };
}

async function svgOf(sample: Sample, report = reportOn(sample)): Promise<string> {
  return toSvg(pictureOf(sample, report));
}

describe("SVG", () => {
  it("shows every name, address and port of the docker-networks lab", async () => {
    const { texts } = parse(await svgOf(dockerNetworksSample()));
    const { hosts } = dockerNetworksSample().topology;
    for (const { networks, containers } of hosts.flatMap(({ labs }) => labs)) {
      networks.forEach(({ name, subnet, gateway, ipRange, bridge }) => {
        ok(texts.includes(name));
        ok(texts.includes(`${subnet}  gateway ${gateway}`));
        ok(texts.includes(`range ${ipRange}  bridge ${bridge}`));
      });
      containers.forEach(({ name, role, endpoints }) => {
        [name, role, ...endpoints.map(({ address }) => address)].forEach((text) => ok(texts.includes(text), text));
      });
    }
    ok(texts.includes("127.0.0.1:8080 → tcp 80"));
    ok(texts.includes("alias server"));
    ok(texts.includes("all 22 checks hold"));
  });

  it("is named for those who can't see it", async () => {
    const svg = await svgOf(dockerNetworksSample());
    match(svg, /^<svg [^>]*role="img" aria-labelledby="topology-title topology-summary"/);
    match(svg, /<title id="topology-title">Environment local<\/title>/);
    match(svg, /<desc id="topology-summary">Container hosts: 1, networks: 2, containers: 7, relations: 8; /);
  });

  it("marks what holds, what does not and what could not be tested", async () => {
    const sample = dockerNetworksSample();
    const statuses = { reach: "fail", "no-reach": "error" } as Record<string, "fail" | "error">;
    const svg = await svgOf(
      sample,
      reportOn(sample, ({ kind }) => statuses[kind] ?? "pass"),
    );
    equal(svg.match(/class="edge must fail"/g)?.length, 2);
    match(svg, /22 checks: 18 hold, 2 do not hold, 2 could not be tested/);
    for (const [status, name] of [
      ["fail", "chat-alice"],
      ["error", "container1"],
      ["pass", "container3"],
    ] as const) {
      match(svg, new RegExp(`data-name="${name}"(?:(?!</g>).)*data-status="${status}"`));
    }
  });

  it("shows no marks where nothing was proved", async () => {
    const { topology, expectations } = dockerNetworksSample();
    const svg = await toSvg(pictureOf({ topology, expectations }));
    ok(!svg.includes("data-status"));
    match(svg, /22 checks, not proved yet/);
  });

  it("is well formed whatever the names are", async () => {
    const { elements, texts } = parse(await svgOf(hostileSample()));
    ok(!elements.some((name) => ["script", "img", "image", "foreignObject", "a"].includes(name)));
    ok(texts.some((text) => text === hostileNames[0]));
  });

  it("draws a thousand containers of a role as one box", async () => {
    const svg = await svgOf(crowdedSample());
    equal(svg.match(/<g class="container"/g)?.length, 41);
    match(svg, /east-app-0 … east-app-999 ×1000/);
  });

  it("is the same each time", async () => {
    for (const sample of [dockerNetworksSample(), crowdedSample()]) {
      equal(await svgOf(sample), await svgOf(sample));
    }
  });

  it("draws an environment without containers, and one without hosts", async () => {
    const host = { name: "empty", kind: "local", os: "linux", labs: [] } as const;
    const [first] = dockerNetworksSample().topology.hosts[0].labs;
    for (const hosts of [[], [host], [{ ...host, labs: [{ ...first, containers: [] }] }]]) {
      const svg = await toSvg(pictureOf({ topology: { environment: "bare", hosts }, expectations: [] }));
      deepEqual(
        parse(svg).elements.filter((name) => name === "svg"),
        ["svg"],
      );
      equal(svg.match(/<g class="host" /g)?.length ?? 0, hosts.length);
    }
  });

  for (const lab of Object.keys(labs)) {
    it(`is as the page of ${lab} shows it; UPDATE_PICTURES=1 draws that anew`, async () => {
      const picture = join(__dirname, "..", "..", "..", "docs", "images", `${lab}.svg`);
      const svg = await svgOf(labSample(lab));
      if (process.env.UPDATE_PICTURES === "1") {
        writeFileSync(picture, svg);
      }
      equal(readFileSync(picture, "utf8"), svg);
    });
  }
});
