import assert from "node:assert/strict";
import { contains } from "../../../components/network/address";
import { ensureNetwork, INNER_BRIDGE_ADDRESS } from "../../../tools/rehearsal/network";
import { FakeDocker } from "./support";

/** The subnet that is chosen on an engine whose networks have these, on a machine that is on those. */
async function chosen(taken: readonly string[], ofMachine: readonly string[] = []): Promise<string> {
  const fake = new FakeDocker({ "network ls --quiet": "1\n2\n", "network inspect": `${taken.join("\n")}\n` });
  assert.equal(await ensureNetwork(fake.docker, "test", ofMachine), "rehearsal-test");
  const [create] = fake.begunWith("network create");
  const [, subnet] =
    /^network create --label container-network-labs\.rehearsal=test --subnet (\S+) rehearsal-test$/.exec(create)!;
  return subnet;
}

describe("the network of a rehearsal", () => {
  it("has the first subnet of the range for benchmarks that nothing else has", async () => {
    assert.equal(await chosen(["172.17.0.0/16"]), "198.18.0.0/24");
    assert.equal(await chosen(["198.18.0.0/24", "fd00::/64"]), "198.18.1.0/24");
    assert.equal(await chosen([], ["127.0.0.1/8", "198.18.0.1/20"]), "198.18.16.0/24");
  });

  it("is asked for where none is free, and is never among those that the hosts' own engines have", async () => {
    await assert.rejects(chosen(["198.18.0.0/16"]), /need a subnet of 198\.18\.0\.0\/16, and none is free/);
    assert.ok(!contains("198.18.0.0/16", INNER_BRIDGE_ADDRESS));
  });

  it("is left alone where it is there", async () => {
    const fake = new FakeDocker({ "network ls --filter": "rehearsal-test\n" });
    await ensureNetwork(fake.docker, "test");
    assert.equal(fake.calls.length, 1);
  });
});
