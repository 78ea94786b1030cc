import { areas } from "../../../azure-simulator/rules";
import { bodies, ids, READER } from "../environment";
import { beside, changing, describeRules, making, putting, puttingAt, inTurn, type Values } from "./table";

const PROFILE = "virtualMachineProfile";
const image = `${PROFILE}.storageProfile.imageReference`;
const disk = `${PROFILE}.storageProfile.osDisk`;
const os = `${PROFILE}.osProfile`;

const ubuntu = {
  [image]: { publisher: "Canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
  [`${os}.adminPassword`]: undefined,
};
const keyed = { [`${os}.linuxConfiguration`]: { ssh: { publicKeys: [{ keyData: "ssh-ed25519 AAAA", path: "/k" }] } } };
const ephemeral = (values: Values = {}): Values => ({
  [image]: { publisher: "Canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
  ...{ [`${disk}.diffDiskSettings`]: { option: "Local" }, [`${disk}.caching`]: "ReadOnly" },
  ...{ [`${disk}.managedDisk`]: { storageAccountType: "Standard_LRS" }, [`${disk}.diskSizeGB`]: 50 },
  ...values,
});
const flexible = (values: Values = {}): Values => ({
  ...{ orchestrationMode: "Flexible", upgradePolicy: undefined, overprovision: undefined },
  ...{ platformFaultDomainCount: 1, singlePlacementGroup: false },
  [`${PROFILE}.networkProfile.networkApiVersion`]: "2020-11-01",
  ...values,
});
const many = (capacity: number, values: Values = {}): Values => ({
  "sku.capacity": capacity,
  singlePlacementGroup: false,
  // Out of the pool, whose NAT rule has ports for ten.
  [`${PROFILE}.networkProfile.networkInterfaceConfigurations.0.ipConfigurations.0.loadBalancerBackendAddressPools`]: [],
  ...values,
});
const room = (azure: Parameters<ReturnType<typeof putting>>[0]) => {
  azure.order({ cores: 10_000 });
  return putting("network", { "subnets.0.addressPrefix": "10.0.128.0/20" })(azure);
};

describeRules("scale sets", areas.scaleSets, {
  "size-unknown": making("scaleSet", { "sku.name": "Standard_D2" }, { "sku.name": "standard_d2s_v3" }),
  "size-not-in-region": {
    // ukwest has no v5 sizes in the catalogue; the environment lies in westeurope.
    after: "identity",
    trips: puttingAt(ids.scaleSet, "scaleSet", { "sku.name": "Standard_D2s_v5", location: "ukwest", ...unconnected() }),
    passes: puttingAt(ids.scaleSet, "scaleSet", { "sku.name": "Standard_D2s_v5" }),
  },
  "image-not-found": making(
    "scaleSet",
    { [`${image}.sku`]: "2022-datacenter-core-with-containers-g2" },
    { [`${image}.sku`]: "2022-datacenter-azure-edition-core" },
  ),
  "scale-set-zones-in-region": making("scaleSet", { zones: ["4"] }, { zones: ["1", "2"] }),
  "capacity-over-limit": {
    after: "identity",
    trips: inTurn(room, putting("scaleSet", many(1001))),
    passes: inTurn(room, putting("scaleSet", many(200))),
  },
  "capacity-over-placement-group": {
    after: "identity",
    trips: inTurn(room, putting("scaleSet", many(101, { singlePlacementGroup: true }))),
    passes: inTurn(room, putting("scaleSet", many(100, { singlePlacementGroup: true }))),
  },
  "core-quota": {
    trips: ordered({ cores: 4 }, putting("scaleSet", { "sku.capacity": 3 })),
    passes: ordered({ cores: 6 }, putting("scaleSet", { "sku.capacity": 3 })),
  },
  "upgrade-policy-missing": making("scaleSet", { upgradePolicy: undefined }, flexible()),
  "rolling-upgrade-without-health": making(
    "scaleSet",
    { "upgradePolicy.mode": "Rolling" },
    { "upgradePolicy.mode": "Rolling", [`${PROFILE}.networkProfile.healthProbe`]: { id: ids.probe } },
  ),
  "flexible-without-network-api-version": making(
    "scaleSet",
    flexible({ [`${PROFILE}.networkProfile.networkApiVersion`]: undefined }),
    flexible(),
  ),
  "flexible-with-system-identity": making("scaleSet", flexible({ identity: { type: "SystemAssigned" } }), flexible()),
  "immutable-property": changing(
    "scaleSet",
    { [`${os}.adminUsername`]: "someone" },
    { [`${image}.sku`]: "2022-datacenter-g2" },
  ),
});

function ordered(settings: { cores: number }, attempt: ReturnType<typeof putting>): ReturnType<typeof putting> {
  return async (azure) => {
    azure.order(settings);
    try {
      await attempt(azure);
    } finally {
      azure.order({});
    }
  };
}

/** In no network: nothing of another region is named. */
function unconnected(): Values {
  return { [`${PROFILE}.networkProfile`]: { networkInterfaceConfigurations: [] }, identity: undefined };
}

describeRules("machine profiles", areas.machineProfiles, {
  "password-missing": making("scaleSet", { [`${os}.adminPassword`]: undefined }),
  "login-missing": making("scaleSet", ubuntu, { ...ubuntu, ...keyed }),
  "password-rules": making(
    "scaleSet",
    { [`${os}.adminPassword`]: "all-lower-case" },
    { [`${os}.adminPassword`]: "Aa345678" },
  ),
  "password-forbidden": making(
    "scaleSet",
    { [`${os}.adminPassword`]: "P@ssw0rd" },
    { [`${os}.adminPassword`]: "P@ssw0rd-" },
  ),
  "user-name-forbidden": making(
    "scaleSet",
    { [`${os}.adminUsername`]: "Admin" },
    { [`${os}.adminUsername`]: "admin9" },
  ),
  "user-name-rules": making(
    "scaleSet",
    { [`${os}.adminUsername`]: "a".repeat(21) },
    { [`${os}.adminUsername`]: "b".repeat(20) },
  ),
  "computer-name-prefix-windows": making(
    "scaleSet",
    { [`${os}.computerNamePrefix`]: "tenletters" },
    { [`${os}.computerNamePrefix`]: "nine-char" },
  ),
  "computer-name-prefix-linux": making(
    "scaleSet",
    { ...ubuntu, ...keyed, [`${os}.computerNamePrefix`]: "under_score" },
    { ...ubuntu, ...keyed, [`${os}.computerNamePrefix`]: "more-than-nine-characters" },
  ),
  "custom-data": making(
    "scaleSet",
    { [`${os}.customData`]: "#cloud-config" },
    { [`${os}.customData`]: Buffer.alloc(65_535).toString("base64") },
  ),
});

describeRules("disks", areas.machineDisks, {
  "ephemeral-disk-size": making("scaleSet", ephemeral({ [`${disk}.diskSizeGB`]: 51 }), ephemeral()),
  "ephemeral-disk-caching": making("scaleSet", ephemeral({ [`${disk}.caching`]: "ReadWrite" }), ephemeral()),
  "ephemeral-disk-type": making(
    "scaleSet",
    ephemeral({ [`${disk}.managedDisk`]: { storageAccountType: "Premium_LRS" } }),
    ephemeral({ [`${disk}.managedDisk`]: undefined }),
  ),
  "disk-smaller-than-image": making("scaleSet", { [`${disk}.diskSizeGB`]: 126 }, { [`${disk}.diskSizeGB`]: 127 }),
  "trusted-launch-image": making(
    "scaleSet",
    { [`${image}.sku`]: "2022-datacenter-core" },
    { [`${image}.sku`]: "2022-datacenter-core", [`${PROFILE}.securityProfile`]: undefined },
  ),
  "trusted-launch-size": making(
    "scaleSet",
    { "sku.name": "Standard_A2_v2" },
    { "sku.name": "Standard_A2_v2", [`${PROFILE}.securityProfile`]: undefined },
  ),
});

const inline = (...extensions: Values[]) => ({ [`${PROFILE}.extensionProfile`]: { extensions } });
const health = { publisher: "Microsoft.ManagedServices", type: "ApplicationHealthWindows", typeHandlerVersion: "2.0" };

describeRules("extensions", areas.extensions, {
  "extension-unknown": making("extension", { type: "CustomScript" }),
  "extension-version": making("extension", { typeHandlerVersion: "1.11" }, { typeHandlerVersion: "1.9" }),
  "extension-for-other-system": making("extension", {
    ...{ publisher: "Microsoft.Azure.Extensions", type: "CustomScript", typeHandlerVersion: "2.1" },
  }),
  "extension-type-twice": making(
    "scaleSet",
    inline({ ...bodies.extension, name: "a" }, { ...bodies.extension, name: "b" }),
    inline({ ...bodies.extension, name: "a" }, { ...health, name: "b" }),
  ),
  "command-in-both-settings": making(
    "extension",
    { settings: { commandToExecute: "hostname" } },
    { settings: { timestamp: 1 } },
  ),
  "command-missing": making("extension", { protectedSettings: { fileUris: [] } }),
  "identity-in-open-settings": making(
    "extension",
    { settings: { managedIdentity: {} } },
    { "protectedSettings.managedIdentity": {} },
  ),
  "protected-settings-twice": making(
    "extension",
    { protectedSettingsFromKeyVault: {} },
    { protectedSettingsFromKeyVault: {}, protectedSettings: undefined },
  ),
  "run-command-without-machine": {
    trips: puttingAt(ids.runCommand.replace("/0/", "/7/"), "runCommand"),
    passes: puttingAt(ids.runCommand.replace("/0/", "/1/"), "runCommand"),
  },
  "run-command-without-script": making("runCommand", { source: {} }, { source: { commandId: "RunPowerShellScript" } }),
  "run-command-timeout": making("runCommand", { timeoutInSeconds: 5401 }, { timeoutInSeconds: 5400 }),
});

const nobody = "99999999-9999-4999-8999-999999999999";
const nothing = READER.replace(/[^/]+$/, nobody);

describeRules("access", areas.access, {
  "role-unknown": making("assignment", { roleDefinitionId: nothing }),
  "principal-unknown": making("assignment", { principalId: nobody }),
  "assignment-exists": {
    trips: puttingAt(beside("assignment", nobody), "assignment"),
    passes: puttingAt(`${ids.network}/providers/Microsoft.Authorization/roleAssignments/${nobody}`, "assignment"),
  },
  "assignment-changed": changing("assignment", {
    roleDefinitionId: READER.replace(/[^/]+$/, "4d97b98b-1d4f-4787-a291-c67834d212e7"),
  }),
  "assignment-scope-unknown": {
    after: "runCommand",
    trips: puttingAt(
      `${beside("network", "x")}/providers/Microsoft.Authorization/roleAssignments/${nobody}`,
      "assignment",
    ),
    passes: putting("assignment", {}),
  },
});
