import assert from "node:assert/strict";
import { refuseUnlikeRehearsal, type RehearsedServer } from "../../../tools/rehearsal/servers";

const one: RehearsedServer = {
  name: "one",
  address: "127.0.0.1",
  port: 50_022,
  user: "root",
  os: "linux",
  docker: "ssh",
  privateKeyPath: "out/test/keys/user",
  hostKeyPath: "out/test/keys/host-one.pub",
};

describe("the servers of a rehearsal", () => {
  it("are those that it can bring", () => {
    refuseUnlikeRehearsal(
      [one, { ...one, name: "two", port: 50_023, hostKeyPath: "out/test/keys/host-two.pub" }],
      "test",
    );
  });

  it("are refused with all that is not so, and what it has to be", () => {
    const elsewhere = { ...one, address: "192.0.2.7", privateKeyPath: "~/.ssh/id_ed25519" };
    const registry = { ...one, name: "registry", hostKeyPath: "out/test/keys/host-registry.pub" };
    assert.throws(
      () => refuseUnlikeRehearsal([elsewhere, registry], "test"),
      new RegExp(
        '^UserError: Environment "test" is rehearsed[^]*' +
          "  hosts\\.servers\\[0\\]\\.address has to be 127\\.0\\.0\\.1\n" +
          "  hosts\\.servers\\[0\\]\\.privateKeyPath has to be out/test/keys/user\n" +
          "  hosts\\.servers\\[1\\]\\.name has to be another[^]*stacks/Pulumi\\.test\\.yaml",
      ),
    );
  });
});
