import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { readSettings, refuse, SettingsError } from "../../../components/settings";

/** Reads the settings of a stack that holds just these configuration values. */
function read(config: Record<string, string>, secretKeys: string[] = []) {
  const before = pulumi.runtime.allConfig();
  void pulumi.runtime.setMocks(
    { newResource: ({ inputs }) => ({ id: "", state: inputs as object }), call: () => ({}) },
    "labs",
    "rehearsed",
  );
  pulumi.runtime.setAllConfig(config, secretKeys);
  try {
    return readSettings();
  } finally {
    pulumi.runtime.setAllConfig(before, []);
  }
}

describe("the settings of the current stack", () => {
  it("come from its configuration, objects as JSON, and leave other projects' alone", () => {
    const settings = read({
      "labs:hosts": '{"kind":"local"}',
      "labs:labs": '{"docker-networks":{"web":{"server":{"port":8081}}}}',
      "pulumi:disable-default-providers": '["*"]',
      "labsterity:hosts": "nonsense",
    });
    assert.equal(settings.environment, "rehearsed");
    assert.deepEqual(settings.hosts, { kind: "local", name: "local", os: "linux" });
    assert.equal(settings.topology.hosts[0].labs[0].containers.flatMap(({ ports }) => ports)[0].hostPort, 8081);
  });

  it("are refused with every fault, unknown keys and plain text among them", () => {
    assert.throws(
      () => read({ "labs:hosts": "local", "labs:labs": '{"docker-networks":{}}', "labs:hots": "{}" }),
      (error: SettingsError) => {
        assert.match(error.message, /^2 faults in the settings of environment "rehearsed"/);
        assert.deepEqual(
          error.faults.map(({ key, value, cure }) => [key, value, cure]),
          [
            ["hosts", "local", "write what the hosts are, for example { kind: local }"],
            ["hots", {}, 'did you mean "hosts"?'],
          ],
        );
        return true;
      },
    );
  });

  it("are refused later for what only then shows, with the key that holds the value", () => {
    const settings = read({ "labs:hosts": '{"kind":"local"}', "labs:labs": '{"docker-networks":{}}' });
    refuse([], settings);
    const fault = {
      key: "labs.docker-networks.chat.server",
      value: "chat-server",
      allowed: "a free name",
      cure: "another",
    };
    assert.throws(
      () => refuse([fault], settings),
      ({ faults, environment }: SettingsError) =>
        faults[0].key === "labs.docker-networks.chat.server.name" && environment === "rehearsed",
    );
  });

  it("take a server's password only as a secret", () => {
    const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPp1cLUW1CHU8rzU1IDF5ZbSbM0AqQnWqmXfhkDFHLs";
    const server = { name: "one", address: "192.0.2.1", user: "me", password: "hunter2", hostKey };
    const config = {
      "labs:hosts": JSON.stringify({ kind: "remote", servers: [server] }),
      "labs:labs": '{"docker-networks":{}}',
    };
    assert.equal(read(config, ["labs:hosts"]).hosts.kind, "remote");
    assert.throws(
      () => read(config),
      ({ faults, message }: SettingsError) =>
        faults.length === 1 &&
        /pulumi config set --secret --path '.*hosts\.servers\[0\]\.password' --stack rehearsed/.test(message) &&
        !message.includes("hunter2"),
    );
  });
});
