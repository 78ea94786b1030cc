import assert from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Frontend, HostedInstance } from "../../azure-simulator/instances/hosts";
import { Orders } from "../../azure-simulator/orders/settings";
import { balancing } from "../../../tools/rehearsal/azure/balancing";
import { instanceContainer } from "../../../tools/rehearsal/azure/instance";
import { settle } from "../../../tools/rehearsal/azure/settings";
import { simulatedAzure } from "../../../tools/rehearsal/azure/simulated-azure";
import { FakeMachine } from "../setup/support";
import { FakeDocker } from "./support";

const ssh: Frontend = {
  rule: "ssh",
  publicAddress: "127.77.0.2",
  frontendPort: 50_000,
  backendPort: 22,
  protocol: "Tcp",
  shared: false,
};
const web: Frontend = { ...ssh, rule: "TCP8090", frontendPort: 8090, backendPort: 8090, shared: true };

describe("the load balancer of a rehearsed cloud", () => {
  /** The sections of its settings that listen on an address of this machine. */
  const sections = (...machines: Parameters<typeof balancing>[0]) =>
    balancing(machines)
      .split("\n\n")
      .filter((section) => section.startsWith("listen 127."))
      .map((section) => section.trim().split(/\n */));

  it("leads a NAT rule's port to one machine, and a shared one to those that answer", () => {
    const machines = [
      { machine: "labs_0", address: "198.18.0.4", frontends: [ssh, web] },
      { machine: "labs_1", address: "198.18.0.5", frontends: [{ ...ssh, frontendPort: 50_001 }, web] },
    ];
    assert.deepEqual(sections(...machines), [
      ["listen 127.77.0.2:50000", "bind 127.77.0.2:50000", "server labs_0 198.18.0.4:22"],
      [
        "listen 127.77.0.2:8090",
        "bind 127.77.0.2:8090",
        "balance roundrobin",
        "option redispatch 1",
        "server labs_0 198.18.0.4:8090 check inter 1s fall 2 rise 1",
        "server labs_1 198.18.0.5:8090 check inter 1s fall 2 rise 1",
      ],
      ["listen 127.77.0.2:50001", "bind 127.77.0.2:50001", "server labs_1 198.18.0.5:22"],
    ]);
  });

  it("listens on no address of this machine without a machine behind it", () => {
    assert.deepEqual(sections(), []);
    assert.match(balancing([]), /bind unix@/);
  });

  it("says of a rule for UDP that it passes on none", () => {
    const machine = { machine: "labs_0", address: "198.18.0.4", frontends: [{ ...web, protocol: "Udp" }] };
    assert.throws(() => balancing([machine]), /TCP8090 is for UDP/);
  });
});

describe("a machine of a rehearsed cloud", () => {
  let machine: FakeMachine;
  beforeEach(() => (machine = new FakeMachine()));
  afterEach(() => machine.remove());

  const instance: HostedInstance = {
    subscriptionId: "",
    scaleSetId: "",
    instanceId: "3",
    id: "",
    vmId: "guid-3",
    name: "labs_3",
    computerName: "labs000003",
    os: "linux",
    image: "",
    size: "",
    privateAddresses: ["10.0.1.7"],
    adminUsername: "operator",
    sshPublicKeys: ["ssh-ed25519 AAAA operator"],
    customData: Buffer.from("#cloud-config\nruncmd: [true]\n").toString("base64"),
    frontends: [ssh],
  };
  const containerOf = (one: HostedInstance) => {
    const placement = { environment: "test", image: "image:1", address: "198.18.0.7", folder: machine.root };
    return instanceContainer(one, placement, new FakeDocker().docker);
  };
  const given = (one: HostedInstance, place: string) => readFileSync(containerOf(one).files[place], "utf8");

  it("boots with the scale set's custom data, name and user, who has a key and no password", () => {
    const seed = "/var/lib/cloud/seed/nocloud";
    assert.equal(given(instance, `${seed}/user-data`), "#cloud-config\nruncmd: [true]\n");
    assert.deepEqual(parse(given(instance, `${seed}/meta-data`)), {
      "instance-id": "guid-3",
      "local-hostname": "labs000003",
      "public-keys": ["ssh-ed25519 AAAA operator"],
    });
    const { system_info } = parse(given(instance, "/etc/cloud/cloud.cfg.d/99-user.cfg")) as {
      system_info: { default_user: Record<string, unknown> };
    };
    const { name, passwd } = system_info.default_user;
    assert.deepEqual([name, passwd], ["operator", "*"]);
    for (const file of Object.values(containerOf(instance).files)) {
      assert.equal(statSync(file).mode & 0o777, 0o600);
    }
  });

  it("boots without custom data, too", () => {
    assert.match(
      given({ ...instance, customData: undefined }, "/var/lib/cloud/seed/nocloud/user-data"),
      /^#cloud-config\n/,
    );
  });

  it("is the same one whatever the scale set says later, and another one under another id", () => {
    const later = containerOf({ ...instance, customData: undefined, sshPublicKeys: [] });
    assert.equal(later.identity, containerOf(instance).identity);
    assert.notEqual(containerOf({ ...instance, vmId: "guid-4" }).identity, later.identity);
  });

  it("publishes nothing by itself", () => {
    assert.ok(!containerOf(instance).options.some((option) => /^--publish|^--privileged/.test(option)));
  });
});

describe("the simulated Azure of an environment", () => {
  let machine: FakeMachine;
  beforeEach(() => (machine = new FakeMachine()));
  afterEach(() => machine.remove());

  const options = { environment: "test", dockerHost: "unix:///docker.sock", baseImage: "image:1", folder: "/folder" };
  const settled = (subnet: string) => {
    const azure = simulatedAzure(machine, "test");
    settle(azure, options, subnet);
    return new Orders(azure.env.AZURE_SIMULATOR_SETTINGS).settings;
  };

  it("is kept beside Pulumi's state, one for each environment", () => {
    const { folder, env } = simulatedAzure(machine, "test");
    assert.equal(folder, join(machine.state, "azure-simulator", "test"));
    assert.ok(Object.values(env).every((path) => path.startsWith(`${folder}/`)));
    assert.notEqual(simulatedAzure(machine, "other").folder, folder);
  });

  it("makes real machines, and gives public addresses that no other rehearsal has", () => {
    const { hosts, publicAddresses } = settled("198.18.7.0/24");
    assert.equal(publicAddresses, "127.77.7.0/24");
    assert.deepEqual(hosts?.options, options);
    const { hostsFor } = require(hosts.module) as { hostsFor: unknown };
    assert.equal(typeof hostsFor, "function");
    assert.equal(settled("198.19.7.0/24").publicAddresses, "127.78.7.0/24");
  });

  it("keeps what is ordered of it", () => {
    settled("198.18.7.0/24");
    const { settings } = simulatedAzure(machine, "test");
    const ordered = { throttle: { writes: 2, retryAfterSeconds: 1 } };
    writeFileSync(settings, JSON.stringify(ordered));
    assert.deepEqual(settled("198.18.7.0/24").throttle, ordered.throttle);
  });
});
