import assert from "node:assert/strict";
import { anyRule, closed, type AclRule } from "../../../components/network/acl/rule";
import { linuxAclRuleset, linuxAclTable } from "../../../components/network/linux/acl";

function rule(spec: Partial<AclRule> = {}): AclRule {
  return { ...anyRule("In", "Allow", 100), ...spec };
}

/** The statements of the rules, without the comment that each ends with. */
function statements(...rules: AclRule[]): string[] {
  return linuxAclRuleset("10.0.0.2", rules)
    .split("\n")
    .flatMap((line) => /^ *(.*) comment ".*"$/.exec(line)?.[1] ?? []);
}

describe("an ACL in nftables' words", () => {
  it("is one transaction, with a chain for each direction and the rules by priority", () => {
    const rules = closed([
      rule({ priority: 300, protocol: 1 }),
      rule({ action: "Block", protocol: 6, localAddresses: ["10.0.0.2"], localPorts: ["80"] }),
      rule({ direction: "Out", action: "Block", priority: 200, remoteAddresses: ["10.1.0.0/16"] }),
    ]);
    assert.equal(
      linuxAclRuleset("10.0.0.2", rules),
      `table inet lab_acl_10_0_0_2
delete table inet lab_acl_10_0_0_2
table inet lab_acl_10_0_0_2 {
  chain inbound {
    type filter hook prerouting priority -150; policy drop;
    iifname != $endpoint accept
    ct direction reply accept
    ct state related accept
    ip daddr 10.0.0.2 tcp dport 80 drop comment "In:100"
    meta l4proto icmp accept comment "In:300"
    accept comment "In:65500"
  }
  chain outbound {
    type filter hook postrouting priority 300; policy drop;
    oifname != $endpoint accept
    ct direction reply accept
    ct state related accept
    ip daddr 10.1.0.0/16 drop comment "Out:200"
    accept comment "Out:65500"
  }
}
`,
    );
  });

  it("leaves no table where there are no rules", () => {
    assert.equal(linuxAclRuleset("10.0.0.2", []), "table inet lab_acl_10_0_0_2\ndelete table inet lab_acl_10_0_0_2\n");
  });

  it("denies a direction that has no rules", () => {
    assert.match(
      linuxAclRuleset("10.0.0.2", [rule()]),
      /hook postrouting priority 300; policy drop;\n.*\n {4}ct direction reply accept\n {4}ct state related accept\n {2}\}/,
    );
  });

  it("has the endpoint's side for the destination of what comes in and the source of what goes out", () => {
    const all = {
      protocol: 17,
      localAddresses: ["10.0.0.2"],
      remoteAddresses: ["10.0.0.3"],
      localPorts: ["53"],
      remotePorts: ["1024-65535"],
    } as const;
    assert.deepEqual(statements(rule(all), rule({ ...all, direction: "Out" })), [
      "ip daddr 10.0.0.2 ip saddr 10.0.0.3 udp dport 53 udp sport 1024-65535 accept",
      "ip saddr 10.0.0.2 ip daddr 10.0.0.3 udp sport 53 udp dport 1024-65535 accept",
    ]);
  });

  it("has sets for lists", () => {
    const lists = { remoteAddresses: ["10.0.0.0/8", "10.1.2.3"], localPorts: ["80", "8000-8999", "8080"] };
    assert.deepEqual(statements(rule({ protocol: 6, ...lists })), [
      "ip saddr { 10.0.0.0/8, 10.1.2.3 } tcp dport { 80, 8000-8999, 8080 } accept",
    ]);
  });

  it("names a protocol that no ports imply, and none for any", () => {
    assert.deepEqual(
      statements(...([6, 17, 1, 256] as const).map((protocol, i) => rule({ protocol, priority: i + 1 }))),
      ["meta l4proto tcp accept", "meta l4proto udp accept", "meta l4proto icmp accept", "accept"],
    );
  });

  it("compares priorities as numbers, and leaves the list as it was", () => {
    const rules = [rule({ priority: 1000, protocol: 6 }), rule({ priority: 99, protocol: 17 })];
    assert.deepEqual(statements(...rules), ["meta l4proto udp accept", "meta l4proto tcp accept"]);
    assert.equal(rules[0].priority, 1000);
  });

  it("has a table for each endpoint", () => {
    assert.equal(linuxAclTable("192.168.1.10"), "lab_acl_192_168_1_10");
    assert.notEqual(linuxAclTable("10.0.0.1"), linuxAclTable("10.0.0.11"));
  });
});
