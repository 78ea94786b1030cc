import assert from "node:assert/strict";
import { admissionsOf, endpointsOf, placedOpenings, type PlacedOpening } from "../../../components/azure/openings";
import type { Opening } from "../../../components/network/opening";
import type { PlacedLab } from "../../../components/settings/parse";

const web: Opening = { service: "HTTP", listen: "0.0.0.0", ports: [81, 8080, 8081], sources: ["9.9.9.0/24"] };

function on(host: string, opening: Partial<PlacedOpening> = {}): PlacedOpening {
  return { ...web, lab: "pool", host, ...opening };
}

describe("what labs open", () => {
  it("is gathered from the labs that open something, host by host", () => {
    const placed = ["a", "b"].flatMap((lab) =>
      ["labs-1", "labs-2"].map((name): PlacedLab => ({
        ...{ lab, settings: { lab } },
        host: { name, kind: "scale-set", os: "windows" },
      })),
    );
    const openings = (settings: unknown, os: string) => [{ ...web, service: `${JSON.stringify(settings)} ${os}` }];
    assert.deepEqual(placedOpenings(placed, { a: { openings }, b: {} }), [
      { ...web, lab: "a", host: "labs-1", service: '{"lab":"a"} windows' },
      { ...web, lab: "a", host: "labs-2", service: '{"lab":"a"} windows' },
    ]);
  });

  it("is one endpoint for a port, whichever hosts it is on", () => {
    const openings = [on("labs-1"), on("labs-2"), on("labs-1", { ports: [80] })];
    assert.deepEqual(
      endpointsOf(openings),
      [80, 81, 8080, 8081].map((port) => ({ name: `TCP${port}`, port })),
    );
  });

  it("is admitted once for each row of ports", () => {
    assert.deepEqual(admissionsOf([on("labs-1"), on("labs-2")]), [
      { name: "pool-TCP81", description: "HTTP on TCP/81 of lab pool", ports: "81", sources: ["9.9.9.0/24"] },
      {
        ...{ name: "pool-TCP8080-8081", description: "HTTP on TCP/8080-8081 of lab pool" },
        ...{ ports: "8080-8081", sources: ["9.9.9.0/24"] },
      },
    ]);
  });

  it("is admitted to nobody where there are no sources, and names no source twice", () => {
    const sources = ["9.9.9.0/24", "9.9.9.0/24"];
    assert.deepEqual(admissionsOf([on("labs-1", { sources: [] })]), []);
    assert.deepEqual(admissionsOf([on("labs-1", { ports: [81], sources })])[0].sources, ["9.9.9.0/24"]);
  });
});
