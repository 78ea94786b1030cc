import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  contains,
  freeAddress,
  freeRun,
  freeSubnet,
  isUsable,
  lastUsable,
  networkOf,
  nthAddress,
  offset,
  overlap,
} from "../../components/network/address";

/** Private subnets of 4 to 65,536 addresses, with room for more of them after each. */
const subnet = fc
  .tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 16, max: 30 }))
  .map(([b, c, prefix]) => networkOf(`10.${b}.${c}.0/${prefix}`));

const size = (cidr: string) => 2 ** (32 - Number(cidr.split("/")[1]));

/** A subnet and an address that its hosts can have. */
const usable = subnet.chain((cidr) =>
  fc.integer({ min: 1, max: size(cidr) - 2 }).map((n) => ({ cidr, n, address: nthAddress(cidr, n) })),
);

describe("IPv4 arithmetic", () => {
  it("knows the edges of a subnet", () => {
    assert.equal(networkOf("192.168.1.77/28"), "192.168.1.64/28");
    assert.equal(lastUsable("192.168.1.0/24"), "192.168.1.254");
    assert.equal(isUsable("192.168.1.0/24", "192.168.1.0"), false);
    assert.equal(isUsable("192.168.1.0/24", "192.168.1.1"), true);
    assert.equal(isUsable("192.168.1.0/24", "192.168.1.254"), true);
    assert.equal(isUsable("192.168.1.0/24", "192.168.1.255"), false);
    assert.equal(isUsable("192.168.1.0/24", "192.168.2.1"), false);
  });

  it("carries over from one number of an address to the next", () => {
    assert.equal(offset("192.168.1.255", 1), "192.168.2.0");
    assert.equal(nthAddress("10.0.0.0/8", 65_536), "10.1.0.0");
    assert.throws(() => offset("255.255.255.255", 1), /AddressError|address/i);
  });

  it("never leaves the subnet with the nth address", () => {
    fc.assert(fc.property(usable, ({ cidr, address }) => contains(cidr, address) && isUsable(cidr, address)));
    fc.assert(
      fc.property(subnet, fc.integer({ min: 0, max: 70_000 }), (cidr, beyond) => {
        assert.throws(() => nthAddress(cidr, size(cidr) + beyond), RangeError);
        assert.throws(() => nthAddress(cidr, -1 - beyond), RangeError);
      }),
    );
  });

  it("gives the nth address whatever is asked before and after it", () => {
    fc.assert(fc.property(usable, ({ cidr, n, address }) => offset(cidr.split("/")[0], n) === address));
  });

  it("finds an overlap from either side, and just where an address is in both", () => {
    fc.assert(
      fc.property(subnet, subnet, (a, b) => {
        assert.equal(overlap(a, b), overlap(b, a));
        const [small, large] = size(a) < size(b) ? [a, b] : [b, a];
        assert.equal(overlap(a, b), contains(large, nthAddress(small, 0)));
      }),
    );
    assert.equal(overlap("10.0.0.0/25", "10.0.0.128/25"), false);
    assert.equal(overlap("10.0.0.0/24", "10.0.0.128/25"), true);
  });

  it("contains what it overlaps and is larger than", () => {
    fc.assert(fc.property(subnet, (cidr) => contains(cidr, cidr) && overlap(cidr, cidr)));
    fc.assert(fc.property(subnet, subnet, (a, b) => contains(a, b) === (overlap(a, b) && size(a) >= size(b))));
  });

  it("counts the free addresses in a row up to the first that is taken", () => {
    assert.equal(freeRun("192.168.1.0/24", "192.168.1.2", ["192.168.1.254", "192.168.1.1"]), 252);
    assert.equal(freeRun("192.168.1.0/24", "192.168.1.2", ["192.168.1.2"]), 0);
    assert.equal(freeRun("192.168.1.0/24", "192.168.1.254", []), 1);
    assert.equal(freeRun("192.168.1.0/24", "192.168.1.255", []), 0);
    assert.equal(freeRun("192.168.1.0/24", "192.168.2.1", []), 0);
    fc.assert(
      fc.property(usable, fc.array(usable), ({ cidr, n, address }, others) => {
        const taken = others.map((other) => other.address);
        const run = freeRun(cidr, address, taken);
        for (let i = 0; i < run; i += Math.max(1, Math.floor(run / 20))) {
          const each = nthAddress(cidr, n + i);
          assert.ok(isUsable(cidr, each) && !taken.includes(each));
        }
        const next = offset(address, run);
        assert.ok(!isUsable(cidr, next) || taken.includes(next));
      }),
    );
  });

  it("proposes only addresses that are free, and none where there is none", () => {
    fc.assert(
      fc.property(usable, fc.array(usable), ({ cidr, address }, others) => {
        const taken = [address, ...others.map((other) => other.address)];
        const free = freeAddress(cidr, taken);
        assert.ok(free === undefined ? taken.length >= size(cidr) - 2 : isUsable(cidr, free) && !taken.includes(free));
      }),
    );
    assert.equal(freeAddress("10.0.0.0/30", ["10.0.0.1", "10.0.0.2"]), undefined);
  });

  it("proposes only subnets that are private, as large, and free", () => {
    fc.assert(
      fc.property(subnet, fc.array(subnet, { maxLength: 8 }), (like, others) => {
        const taken = [like, ...others];
        const free = freeSubnet(like, taken);
        assert.ok(free !== undefined && size(free) === size(like) && networkOf(free) === free);
        assert.ok(!taken.some((other) => overlap(free, other)));
      }),
    );
    assert.equal(freeSubnet("192.168.1.0/24", ["192.168.0.0/23", "192.168.2.0/24"]), "192.168.3.0/24");
    assert.equal(freeSubnet("192.168.255.0/24", ["192.168.255.0/24"]), undefined);
    assert.equal(freeSubnet("10.0.0.0/30", ["10.0.0.0/8"]), undefined);
    assert.equal(freeSubnet("172.16.0.0/30", ["172.16.0.0/13"]), "172.24.0.0/30");
  });
});
