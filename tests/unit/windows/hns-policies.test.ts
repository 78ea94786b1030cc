import assert from "node:assert/strict";
import { anyRule, closed, type AclRule } from "../../../components/network/acl/rule";
import { hnsPolicies } from "../../../components/network/windows/acl";

const rule = (given: Partial<AclRule>): AclRule => ({ ...anyRule("In", "Block", 100), ...given });
const settings = (given: Partial<AclRule>) => hnsPolicies([rule(given)])[0].Settings;

describe("an ACL in HCN's form", () => {
  it("leaves out what may be anything, as HNS has no word for it", () => {
    assert.deepEqual(hnsPolicies([rule({})]), [
      {
        Type: "ACL",
        Settings: {
          Id: "container-network-labs:In:100",
          Protocols: "256",
          Action: "Block",
          Direction: "In",
          RuleType: "Host",
          Priority: 100,
        },
      },
    ]);
  });

  it("has lists of addresses and ports with commas between", () => {
    const { LocalAddresses, RemoteAddresses, LocalPorts, RemotePorts, Protocols } = settings({
      protocol: 6,
      localAddresses: ["10.0.0.1"],
      remoteAddresses: ["10.0.0.2", "10.1.0.0/16"],
      localPorts: ["80", "8000-8999"],
      remotePorts: ["1024-65535"],
    });
    assert.deepEqual(
      { LocalAddresses, RemoteAddresses, LocalPorts, RemotePorts, Protocols },
      {
        LocalAddresses: "10.0.0.1",
        RemoteAddresses: "10.0.0.2,10.1.0.0/16",
        LocalPorts: "80,8000-8999",
        RemotePorts: "1024-65535",
        Protocols: "6",
      },
    );
  });

  it("writes protocols as numbers in text", () => {
    assert.deepEqual(
      ([6, 17, 1, 256] as const).map((protocol) => settings({ protocol }).Protocols),
      ["6", "17", "1", "256"],
    );
  });

  it("gives each rule of a list an Id of its own", () => {
    const policies = hnsPolicies(closed([rule({}), rule({ direction: "Out" })]));
    const ids = policies.map(({ Settings: { Id } }) => Id);
    assert.equal(new Set(ids).size, 4);
    assert.ok(ids.every((id) => id.startsWith("container-network-labs:")));
  });
});
