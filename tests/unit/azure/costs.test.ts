import { deepEqual, equal, match, ok } from "node:assert/strict";
import { costLine, costOf, dollars, type Priced } from "../../../components/azure/costs";
import { prices } from "../../../components/azure/prices";
import { type SizeName, sizes } from "../../../components/azure/sizes";

const plain: Priced = {
  location: "eastus",
  size: "Standard_D4ds_v5",
  os: "linux",
  capacity: 1,
  disk: { kind: "ephemeral", sizeGb: 64 },
  rules: 0,
  publicAddresses: 2,
  bastion: false,
};

function hourly(given: Partial<Priced> = {}): number {
  return Number(costOf({ ...plain, ...given }).hourly.toFixed(4));
}

describe("what a cloud costs", () => {
  it("is machines, NAT gateway and public addresses where there is nothing else", () => {
    deepEqual(costOf(plain).parts, [
      { what: "1 × Standard_D4ds_v5", hourly: 0.226 },
      { what: "NAT gateway", hourly: 0.045 },
      { what: "public addresses", hourly: 0.01 },
    ]);
    equal(hourly(), 0.281);
  });

  it("grows with each machine by the machine", () => {
    equal(Number((hourly({ capacity: 5 }) - hourly()).toFixed(4)), 4 * 0.226);
  });

  it("has Windows' licence by the core, in each region the same", () => {
    equal(hourly({ os: "windows" }), 0.281 + 4 * 0.046);
    equal(
      Number((hourly({ os: "windows", location: "westeurope" }) - hourly({ location: "westeurope" })).toFixed(4)),
      0.184,
    );
    equal(
      Number((hourly({ os: "windows", size: "Standard_B2s" }) - hourly({ size: "Standard_B2s" })).toFixed(4)),
      0.008,
    );
  });

  it("has a managed disk by the next size that is billed, for each machine", () => {
    const disk = (sizeGb: number) => Number((hourly({ disk: { kind: "managed", sizeGb } }) - hourly()).toFixed(4));
    equal(disk(127), Number(((128 * 0.075) / 730).toFixed(4)));
    equal(disk(128), disk(127));
    ok(disk(129) > disk(128));
    const two = hourly({ capacity: 2, disk: { kind: "managed", sizeGb: 128 } }) - hourly({ capacity: 2 });
    equal(two.toFixed(3), (2 * disk(128)).toFixed(3));
  });

  it("has five rules for the price of one, and none for nothing", () => {
    const more = (rules: number) => Number((hourly({ rules }) - hourly()).toFixed(4));
    deepEqual([0, 1, 5, 6, 8].map(more), [0, 0.025, 0.025, 0.035, 0.055]);
  });

  it("is told in one line, with the region whose prices were taken", () => {
    const line = costLine(costOf({ ...plain, location: "westeurope", capacity: 2, rules: 6, bastion: true }));
    equal(
      line,
      "Estimated cost while it is up: $0.92 an hour (2 × Standard_D4ds_v5 $0.54, NAT gateway $0.045, " +
        "public addresses $0.010, load balancer with 6 rules $0.035, Bastion $0.29). " +
        `By list prices of westeurope, ${prices.asOf}; traffic is extra.`,
    );
    match(costLine(costOf({ ...plain, location: "brazilsouth" })), /list prices of eastus/);
  });

  it("has a price for each size that settings may name, within what sizes of that kind cost", () => {
    for (const [size, { cores }] of Object.entries(sizes) as [SizeName, { cores: number }][]) {
      const core = prices.machines[size] / cores;
      ok(core > 0.02 && core < 0.07, `${size} ${dollars(core)} a core`);
    }
  });
});
