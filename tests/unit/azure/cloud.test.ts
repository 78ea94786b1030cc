import assert from "node:assert/strict";
import { at, cloud, group, member, valueOf, web } from "./mocks";

const network = `${group}/providers/Microsoft.Network`;
const balancer = `${network}/loadBalancers/balancer`;

describe("a cloud", () => {
  it("is these resources, all in one group and in one region", async () => {
    const { resources } = await cloud();
    assert.deepEqual(
      resources.map(({ type, name }) => `${name} ${type}`).sort(),
      [
        "labs container-network-labs:azure:Cloud",
        "labs-azure pulumi:providers:azure-native",
        "labs-balancer azure-native:network:LoadBalancer",
        "labs-balancer container-network-labs:azure:CloudBalancer",
        "labs-balancer-address azure-native:network:PublicIPAddress",
        "labs-credentials container-network-labs:azure:HostCredentials",
        "labs-credentials-certificates command:local:Command",
        "labs-credentials-command pulumi:providers:command",
        "labs-credentials-keys command:local:Command",
        "labs-group azure-native:resources:ResourceGroup",
        "labs-network azure-native:network:VirtualNetwork",
        "labs-network container-network-labs:azure:CloudNetwork",
        "labs-network-admission azure-native:network:NetworkSecurityGroup",
        "labs-network-outbound azure-native:network:NatGateway",
        "labs-network-outbound-address azure-native:network:PublicIPAddress",
        "labs-scale-set azure-native:compute:VirtualMachineScaleSet",
      ].sort(),
    );
    for (const { name, inputs } of resources.filter(({ type }) => type.startsWith("azure-native:"))) {
      const { resourceGroupName, location } = inputs;
      assert.deepEqual([resourceGroupName, location], ["container-network-labs-unit", "westeurope"], name);
    }
  });

  it("tags everything, so that whoever finds it knows whose it is, and the group with its end", async () => {
    const { one, resources } = await cloud({}, [], { expires: "2027-01-31" });
    const tags = { project: "container-network-labs", stack: "unit", expires: "2027-01-31" };
    assert.deepEqual(one("ResourceGroup").tags, tags);
    const { expires, ...all } = tags;
    for (const { name, inputs } of resources.filter(({ type }) => /^azure-native:(?!resources)/.test(type))) {
      assert.deepEqual(inputs.tags, all, `${name}, ${expires}`);
    }
  });

  it("has hosts in a subnet that reaches out over the gateway alone", async () => {
    const { one } = await cloud();
    const { addressSpace, subnets } = one("VirtualNetwork");
    assert.deepEqual(addressSpace, { addressPrefixes: ["10.0.0.0/16"] });
    assert.deepEqual(subnets, [
      {
        ...{ name: "hosts", addressPrefix: "10.0.1.0/24", defaultOutboundAccess: false },
        natGateway: { id: "id-of-labs-network-outbound" },
        networkSecurityGroup: { id: "id-of-labs-network-admission" },
      },
    ]);
    assert.deepEqual(one("NatGateway").publicIpAddresses, [{ id: "id-of-labs-network-outbound-address" }]);
  });

  it("lets in administrators for SSH and Docker, and whom the labs let in", async () => {
    const { one } = await cloud({}, [web, { ...web, host: "labs-2" }]);
    const rules = one("NetworkSecurityGroup").securityRules as Record<string, unknown>[];
    assert.deepEqual(
      rules.map((rule) => [rule.name, rule.priority, rule.sourceAddressPrefixes, rule.destinationPortRange]),
      [
        ["administration-ssh", 100, ["8.8.8.0/24"], "22"],
        ["administration-docker", 110, ["8.8.8.0/24"], "2376"],
        ["app-pool-TCP8090-8091", 200, ["9.9.9.0/24"], "8090-8091"],
        ["app-pool-TCP8093", 201, ["9.9.9.0/24"], "8093"],
      ],
    );
    const same = { access: "Allow", direction: "Inbound", protocol: "Tcp", sourcePortRange: "*" };
    for (const { access, direction, protocol, sourcePortRange, destinationAddressPrefix } of rules) {
      assert.deepEqual({ access, direction, protocol, sourcePortRange }, same);
      assert.equal(destinationAddressPrefix, "10.0.1.0/24");
    }
  });

  it("lets its hosts at each other's swarm, and nobody else", async () => {
    const sentences = async (change: Readonly<Record<string, unknown>>) => {
      const { one } = await cloud(change);
      return (one("NetworkSecurityGroup").securityRules as Record<string, unknown>[])
        .filter(({ name }) => !String(name).startsWith("administration-"))
        .map((rule) => [rule.access, rule.protocol, rule.destinationPortRange, rule.sourceAddressPrefixes].join(" "));
    };
    assert.deepEqual(await sentences({ cluster: "swarm" }), [
      "Allow Tcp 2377 10.0.1.0/24",
      "Allow Tcp 7946 10.0.1.0/24",
      "Allow Udp 7946 10.0.1.0/24",
      "Allow Udp 4789 10.0.1.0/24",
    ]);
    assert.deepEqual(await sentences({}), []);
  });

  it("has ports for as many hosts as there can be", async () => {
    const { one } = await cloud({ maximum: 5 });
    const rules = one("LoadBalancer").inboundNatRules as Record<string, unknown>[];
    assert.deepEqual(
      rules.map((rule) => [rule.name, rule.frontendPortRangeStart, rule.frontendPortRangeEnd, rule.backendPort]),
      [
        ["ssh", 50_000, 50_004, 22],
        ["docker", 51_000, 51_004, 2376],
      ],
    );
    for (const rule of rules) {
      assert.deepEqual(rule.frontendIPConfiguration, { id: `${balancer}/frontendIPConfigurations/public` });
      assert.deepEqual(rule.backendAddressPool, { id: `${balancer}/backendAddressPools/hosts` });
    }
  });

  it("has an opening, ports and a server's port for WinRM, where Windows hosts are to have it, and only there", async () => {
    const administration = { sources: ["8.8.8.0/24"], winrm: true };
    const winrm = { inboundNatRuleName: "winrm", frontendPort: 52_000 };
    const { inboundNatRulesPortMapping = [], ...one } = member(0, 50_000);
    const members = [{ ...one, inboundNatRulesPortMapping: [...inboundNatRulesPortMapping, winrm] }];
    const remoting = await cloud({ os: "windows", maximum: 5, administration }, [], { members });
    const [, , rule] = remoting.one("NetworkSecurityGroup").securityRules as Record<string, unknown>[];
    assert.deepEqual(
      [rule.name, rule.priority, rule.sourceAddressPrefixes, rule.destinationPortRange, rule.access],
      ["administration-winrm", 120, ["8.8.8.0/24"], "5986", "Allow"],
    );
    const [, , nat] = remoting.one("LoadBalancer").inboundNatRules as Record<string, unknown>[];
    assert.deepEqual(
      [nat.name, nat.frontendPortRangeStart, nat.frontendPortRangeEnd, nat.backendPort],
      ["winrm", 52_000, 52_004, 5986],
    );
    assert.equal((await valueOf(remoting.made.servers))[0].winrm, 52_000);
    const setsUp = ({ one: only }: typeof remoting) => {
      const profile = at(only("VirtualMachineScaleSet"), "virtualMachineProfile", "extensionProfile", "extensions", 0);
      const line = at(profile, "protectedSettings", "commandToExecute") as string;
      const files = Buffer.from(/FromBase64String\('([^']+)'\)/.exec(line)![1], "base64").toString();
      return files.includes("remoting.json");
    };
    assert.equal(setsUp(remoting), true);
    const without = await cloud({ os: "windows" }, [], { members: [member(0, 50_000)] });
    assert.equal(setsUp(without), false);
    assert.equal((without.one("NetworkSecurityGroup").securityRules as unknown[]).length, 2);
    assert.equal((without.one("LoadBalancer").inboundNatRules as unknown[]).length, 2);
    assert.equal("winrm" in (await valueOf(without.made.servers))[0], false);
  });

  it("has an endpoint and a probe for each port that a lab opens, wherever the lab is", async () => {
    const { one } = await cloud({}, [web, { ...web, host: "labs-2" }]);
    const { loadBalancingRules, probes } = one("LoadBalancer");
    assert.deepEqual(
      (probes as Record<string, unknown>[]).map(({ name, protocol, port }) => [name, protocol, port]),
      [8090, 8091, 8093].map((port) => [`TCP${port}`, "Tcp", port]),
    );
    assert.deepEqual(
      (loadBalancingRules as Record<string, unknown>[]).map((rule) => [
        ...[rule.name, rule.frontendPort, rule.backendPort, rule.disableOutboundSnat],
        rule.probe,
      ]),
      [8090, 8091, 8093].map((port) => [...[`TCP${port}`, port, port, true], { id: `${balancer}/probes/TCP${port}` }]),
    );
  });

  it("has no endpoints where the labs open nothing", async () => {
    const { loadBalancingRules, probes } = (await cloud()).one("LoadBalancer");
    assert.deepEqual([loadBalancingRules, probes], [[], []]);
  });

  it("has a scale set that adds no machine of its own accord, and keeps the first ones", async () => {
    const given = (await cloud({ capacity: 3, zones: ["1", "2"], identity: true })).one("VirtualMachineScaleSet");
    const { sku, zones, overprovision, orchestrationMode, upgradePolicy, scaleInPolicy, identity } = given;
    assert.deepEqual(
      { sku, zones, overprovision, orchestrationMode, upgradePolicy, scaleInPolicy, identity },
      {
        sku: { name: "Standard_D4ds_v5", tier: "Standard", capacity: 3 },
        zones: ["1", "2"],
        overprovision: false,
        orchestrationMode: "Uniform",
        upgradePolicy: { mode: "Automatic" },
        scaleInPolicy: { rules: ["NewestVM"] },
        identity: { type: "UserAssigned", userAssignedIdentities: ["id-of-labs-identity"] },
      },
    );
    const profile = at(given, "virtualMachineProfile");
    assert.equal(at(profile, "securityProfile", "securityType"), "TrustedLaunch");
    assert.deepEqual(
      at(profile, "networkProfile", "networkInterfaceConfigurations", 0, "ipConfigurations", 0, "subnet"),
      { id: `${network}/virtualNetworks/network/subnets/hosts` },
    );
  });

  it("has Linux machines that are logged in on by key alone", async () => {
    const profile = at((await cloud()).one("VirtualMachineScaleSet"), "virtualMachineProfile");
    const { customData, ...osProfile } = at(profile, "osProfile") as Record<string, unknown>;
    assert.deepEqual(osProfile, {
      computerNamePrefix: "labs",
      adminUsername: "labs",
      linuxConfiguration: {
        provisionVMAgent: true,
        disablePasswordAuthentication: true,
        ssh: { publicKeys: [{ path: "/home/labs/.ssh/authorized_keys", keyData: "ssh-ed25519 USER" }] },
      },
    });
    assert.match(Buffer.from(customData as string, "base64").toString(), /^#cloud-config\n/);
    assert.deepEqual(at(profile, "storageProfile"), {
      imageReference: { publisher: "Canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
      osDisk: {
        ...{ createOption: "FromImage", caching: "ReadOnly", diskSizeGB: 64 },
        diffDiskSettings: { option: "Local", placement: "ResourceDisk" },
        managedDisk: { storageAccountType: "Standard_LRS" },
      },
    });
  });

  it("has Windows machines with a password, and a disk that outlives them where it is managed", async () => {
    const change = { os: "windows", disk: { kind: "managed" } };
    const profile = at((await cloud(change)).one("VirtualMachineScaleSet"), "virtualMachineProfile");
    const osProfile = at(profile, "osProfile") as Record<string, unknown>;
    assert.deepEqual(Object.keys(osProfile).sort(), [
      ...["adminPassword", "adminUsername", "computerNamePrefix", "customData", "windowsConfiguration"],
    ]);
    assert.deepEqual(at(profile, "storageProfile", "imageReference"), {
      ...{ publisher: "MicrosoftWindowsServer", offer: "windowsserver2022" },
      ...{ sku: "2022-datacenter-core-g2", version: "latest" },
    });
    assert.deepEqual(at(profile, "storageProfile", "osDisk"), {
      ...{ createOption: "FromImage", caching: "ReadWrite", diskSizeGB: 127 },
      managedDisk: { storageAccountType: "StandardSSD_LRS" },
    });
    assert.equal(at(profile, "extensionProfile", "extensions", 0, "type"), "CustomScriptExtension");
  });

  it("has a public address in all zones where its hosts are in some, and no identity unless one is wanted", async () => {
    const { of, one } = await cloud({ zones: ["1"] });
    assert.deepEqual(of("PublicIPAddress").find(({ name }) => name.startsWith("labs-balancer"))!.inputs.zones, [
      ...["1", "2", "3"],
    ]);
    assert.deepEqual(of("UserAssignedIdentity"), []);
    assert.equal(one("VirtualMachineScaleSet").identity, undefined);
  });

  it("describes itself in plain values", async () => {
    const { described } = (await cloud({ capacity: 2 }, [web])).made;
    const { hourly, ...rest } = described;
    assert.deepEqual(rest, {
      ...{ provider: "azure", rehearsed: false, region: "westeurope", scaleSet: "labs" },
      ...{ size: "Standard_D4ds_v5", capacity: 2, resourceGroup: "container-network-labs-unit", openings: [web] },
      administration: { through: "load-balancer", sources: ["8.8.8.0/24"], winrm: false },
    });
    assert.ok(hourly! > 0.3 && hourly! < 2);
  });
});
