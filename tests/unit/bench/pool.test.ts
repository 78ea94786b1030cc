import assert from "node:assert/strict";
import { composeFile } from "../../../bench/pool/compose";
import { growth, phases, place } from "../../../bench/pool/pool";
import { picture, recorded, section, tables } from "../../../bench/pool/report";
import type { Figure } from "../../../tools/bench/figure";

const pool = { ...place, image: "app:1", environment: ["PRICE=$5", "A=b"], command: ["serve"] };

interface ComposeFile {
  services: Record<string, { container_name: string; ports: string[]; networks: string[]; environment: string[] }>;
  networks: Record<string, { name: string; ipam: { config: { subnet: string; gateway: string }[] } }>;
}

/** Seconds by tool, size and phase; all else is alike. */
function figures(seconds: (tool: string, n: number, phase: string) => number): Figure[] {
  return ["ours", "naive", "terraform", "compose"].flatMap((tool) =>
    [50, 200, 1000].flatMap((n) =>
      phases.map((phase) => ({ tool, n, phase, seconds: seconds(tool, n, phase), cpuSeconds: 1, peakMiB: 100 })),
    ),
  );
}

function verdicts(measured: readonly Figure[]): string[][] {
  const [, , ...rows] = tables(measured).aims!.split("\n");
  return rows.map((row) =>
    row
      .split("|")
      .slice(2, 5)
      .map((cell) => cell.trim()),
  );
}

describe("the benchmark of pools", () => {
  it("grows by a tenth, and by one at least", () => {
    assert.deepEqual(
      [1, 10, 55].map((n) => growth(n).to),
      [2, 11, 61],
    );
    assert.deepEqual(growth(200), { from: 200, to: 220 });
  });

  it("grows to what a host carries and no further, from a tenth less", () => {
    assert.deepEqual(growth(1000), { from: 900, to: 1000 });
  });

  it("asks Docker Compose for a service on each port, half of a full pool on each of two networks", () => {
    const { services, networks } = composeFile({ ...pool, count: 1000 }) as ComposeFile;
    const all = Object.values(services);
    assert.equal(all.length, 1000);
    assert.equal(new Set(all.map(({ container_name }) => container_name)).size, 1000);
    assert.deepEqual(services["app-20000"].ports, ["127.0.0.1:20000:80"]);
    assert.deepEqual(services["app-20999"].ports, ["127.0.0.1:20999:80"]);
    for (const [name, { ipam }] of Object.entries(networks)) {
      assert.equal(all.filter((service) => service.networks[0] === name).length, 500);
      assert.equal(ipam.config.length, 1);
    }
    assert.equal(Object.keys(networks).length, 2);
    const half = composeFile({ ...pool, count: 500 }) as ComposeFile;
    assert.deepEqual(Object.keys(half.networks), ["pool-0"]);
  });

  it("lets no dollar sign of the environment become a variable of Docker Compose", () => {
    const { services } = composeFile({ ...pool, count: 1 }) as ComposeFile;
    assert.deepEqual(services["app-20000"].environment, ["PRICE=$$5", "A=b"]);
  });

  it("says of each aim whether it is reached, at the limit and beyond it", () => {
    const seconds: Record<string, number> = { "ours up": 18, "terraform up": 20, "compose up": 12, "ours again": 6 };
    const measured = figures((tool, n, phase) => (seconds[`${tool} ${phase}`] ?? 10) * (n / 200));
    assert.deepEqual(verdicts(measured), [
      ["0.9", "0.90", "reached"],
      ["1.15", "1.50", "not reached"],
      ["0.5", "0.60", "not reached"],
      ["1", "1.00", "reached"],
      ["1.15", "1.00", "reached"],
    ]);
  });

  it("says nothing of aims that were not measured", () => {
    const few = figures(() => 10).filter(({ n }) => n === 50);
    assert.equal(tables(few).aims, undefined);
    const ungrown = figures(() => 10).filter(({ n, tool }) => n === 200 && tool !== "compose");
    assert.equal(verdicts(ungrown).length, 2);
  });

  it("puts figures, tools and failures into the page, and draws a panel for each phase", () => {
    const measured = figures((_, n) => n / 10);
    const run = { figures: measured, says: { ours: "Pulumi 3" }, failed: ["naive, 1000: gone"], engine: "" };
    const text = section(recorded(run, "2 cores"));
    for (const part of [
      "Measured on 2 cores.",
      "- **ours**: Pulumi 3",
      "Failed: naive, 1000: gone",
      "| 1000 | down |",
    ]) {
      assert.ok(text.includes(part), part);
    }
    const svg = picture(measured);
    assert.equal(svg.match(/class="title"/g)?.length, phases.length);
  });
});
