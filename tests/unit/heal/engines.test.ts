import assert from "node:assert/strict";
import { hostOf, hostOfProvider, recordedAddress, recordedEngines } from "../../../tools/heal/engines";
import type { RecordedResource } from "../../../tools/stack";

const urn = (type: string, name: string) => `urn:pulumi:test::labs::${type}::${name}`;
const nested = "container-network-labs:hosts:RemoteHost$pulumi:providers:docker";

describe("engines that a state records", () => {
  it("are reached over ssh, over TCP with certificates, or through a socket", () => {
    const overSsh = { engine: "ssh://one.test", sshConfig: "out/test/ssh/config" };
    assert.deepEqual(recordedAddress({ host: "ssh://one.test", sshOpts: '["-F","out/test/ssh/config"]' }), overSsh);
    assert.deepEqual(recordedAddress({ host: "ssh://one.test", sshOpts: ["-F", "out/test/ssh/config"] }), overSsh);
    assert.deepEqual(recordedAddress({ host: "tcp://192.0.2.7:2376", certPath: "certs" }), {
      engine: "tcp://192.0.2.7:2376",
      certPath: "certs",
    });
    assert.deepEqual(recordedAddress({ host: "unix:///run/docker.sock" }), { engine: "unix:///run/docker.sock" });
  });

  it("are told once each, with their hosts", () => {
    const provider = (name: string, host: string): RecordedResource => ({
      urn: urn(nested, name),
      type: "pulumi:providers:docker",
      inputs: { host },
    });
    const resources = [provider("two-docker", "ssh://two.test"), provider("two-docker", "ssh://two.test")];
    const other = { ...provider("two-command", ""), type: "pulumi:providers:command" };
    assert.deepEqual(recordedEngines({ version: 3, deployment: { resources: [...resources, other] } }), [
      { host: "two", engine: "ssh://two.test" },
    ]);
    assert.deepEqual(recordedEngines(undefined), []);
  });
});

describe("the host of a resource", () => {
  it("is its provider's", () => {
    const on = (type: string, name: string) => hostOf({ provider: `${urn(type, name)}::0123-id` });
    assert.equal(on(nested, "one-docker"), "one");
    assert.equal(on("pulumi:providers:command", "build-box-command"), "build-box");
  });

  it("is none for a component, and for what a host's provider did not make", () => {
    assert.equal(hostOf({}), undefined);
    assert.equal(hostOf({ provider: `${urn("pulumi:providers:command", "operator")}::id` }), undefined);
    assert.equal(hostOfProvider(urn("docker:index/container:Container", "one-docker")), undefined);
    assert.equal(hostOfProvider(urn("pulumi:providers:docker", "one-command")), undefined);
  });
});
