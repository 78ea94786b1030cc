import assert from "node:assert/strict";
import { ownFacts } from "../../../components/hosts/remote-facts";

describe("what a remote host has of its own", () => {
  const title = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
  const socket =
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17 1 0 100 0";

  it("is read off its answer: listeners, subnets that are not its engine's, and how many neighbours it keeps", () => {
    const told = [
      "== tcp",
      title,
      socket,
      "== tcp6",
      "== udp",
      "== udp6",
      "== ip",
      "1: lo    inet 127.0.0.1/8 scope host lo",
      "2: eth0    inet 192.0.2.7/24 brd 192.0.2.255 scope global eth0",
      "3: br-0123456789ab    inet 10.1.0.1/24 scope global br-0123456789ab",
      "== neighbours",
      "1024",
      "",
    ].join("\n");
    const networks = [{ name: "blue", subnets: ["10.1.0.0/24"], bridge: "br-0123456789ab", labels: {} }];
    const { listeners, hostSubnets, neighbours, addresses } = ownFacts(told, networks);
    assert.deepEqual(addresses, ["192.0.2.7"]);
    assert.equal(neighbours, 1024);
    assert.deepEqual(
      listeners!.map(({ address, hostPort, protocol, owner }) => [address, hostPort, protocol, owner()]),
      [["127.0.0.1", 8080, "tcp", undefined]],
    );
    assert.deepEqual(hostSubnets, ["192.0.2.7/24"]);
  });

  it("is nothing where it does not tell", () => {
    assert.deepEqual(ownFacts("", []), { listeners: [], hostSubnets: [], addresses: [] });
  });
});
