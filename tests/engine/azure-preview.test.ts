import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { examplesOf, patternOf } from "./examples";
import { type PreviewDigest, previewed, snapshotOf, UNKNOWN } from "./preview-snapshot";
import { TestEnvironment } from "./support";

const root = join(__dirname, "..", "..");
const environments = ["azure-linux", "azure-windows"] as const;

interface Role {
  readonly Actions: readonly string[];
}

/** What the role speaks of as Azure Resource Manager names it, by the types that the program declares. */
const resourceTypes: Readonly<Record<string, string>> = {
  "azure-native:resources:ResourceGroup": "Microsoft.Resources/subscriptions/resourceGroups",
  "azure-native:network:VirtualNetwork": "Microsoft.Network/virtualNetworks",
  "azure-native:network:NetworkSecurityGroup": "Microsoft.Network/networkSecurityGroups",
  "azure-native:network:NatGateway": "Microsoft.Network/natGateways",
  "azure-native:network:PublicIPAddress": "Microsoft.Network/publicIPAddresses",
  "azure-native:network:LoadBalancer": "Microsoft.Network/loadBalancers",
  "azure-native:network:BastionHost": "Microsoft.Network/bastionHosts",
  "azure-native:compute:VirtualMachineScaleSet": "Microsoft.Compute/virtualMachineScaleSets",
  "azure-native:managedidentity:UserAssignedIdentity": "Microsoft.ManagedIdentity/userAssignedIdentities",
};

describe("an environment in Azure, previewed without an account", function () {
  this.timeout(300_000);
  let env: TestEnvironment;
  const digests = new Map<string, PreviewDigest>();

  const shell = (script: string, args: readonly string[] = []) => {
    const variables = { ...env.env, XDG_STATE_HOME: join(env.folder, "state-home") };
    return spawnSync("bash", ["-c", script, "bash", ...args], {
      cwd: env.folder,
      env: variables,
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
  };

  before(() => {
    env = new TestEnvironment(15);
    for (const environment of environments) {
      const script =
        'set -e; eval "$(node tools/run.js env --environment "$1" --simulated-azure)"; ' +
        'pulumi stack select --create "$1" >&2; exec pulumi preview --stack "$1" --json --non-interactive';
      const { status, stdout, stderr } = shell(script, [environment]);
      assert.equal(status, 0, `${stdout.slice(-5000)}\n${stderr}`);
      digests.set(environment, JSON.parse(stdout) as PreviewDigest);
    }
  });
  after(() => env.remove());

  const cost = (environment: string): string => {
    const messages = (digests.get(environment)!.diagnostics ?? []).map(({ message = "" }) => message);
    const [line] = messages.filter((message) => message.startsWith("Estimated cost"));
    return line ?? assert.fail(`no cost is told for ${environment}: ${messages.join("\n")}`);
  };

  for (const environment of environments) {
    const file = join(__dirname, "azure-preview", `${environment}.yaml`);

    it(`${environment} declares what was reviewed; UPDATE_SNAPSHOTS=1 writes it anew`, () => {
      const text = snapshotOf(previewed(digests.get(environment)!, env.folder));
      if (process.env.UPDATE_SNAPSHOTS === "1") {
        writeFileSync(file, text);
      }
      assert.equal(text, readFileSync(file, "utf8"));
    });

    it(`${environment} makes everything, and nothing that is there already is touched`, () => {
      const { changeSummary, steps } = digests.get(environment)!;
      assert.deepEqual(Object.keys(changeSummary ?? {}), ["create"]);
      assert.ok(steps.length > 100, `${steps.length} resources`);
    });

    it(`${environment} leaves to the update only ids of Azure, credentials that are made by it, and when it ends`, () => {
      const unknown = previewed(digests.get(environment)!, env.folder)
        .filter(({ type }) => type.startsWith("azure-native:"))
        .flatMap(({ name, inputs }) => pathsTo(UNKNOWN, inputs).map((path) => `${name} ${path}`));
      const ids = /^\S+ (\S+\.)?(id|userAssignedIdentities\.\d+|resourceGroupName)$/;
      const credentials = /\.(protectedSettings|adminPassword|publicKeys\.0\.keyData)$/;
      const end = /^labs-group tags\.expires$/;
      assert.deepEqual(
        unknown.filter((each) => ![ids, credentials, end].some((known) => known.test(each))),
        [],
      );
    });

    it(`${environment} has its cost told, as README.md and docs/azure.md have it`, () => {
      const [hourly] = /\$\d+\.\d\d(?= an hour)/.exec(cost(environment)) ?? assert.fail(cost(environment));
      for (const page of ["README.md", "docs/azure.md"]) {
        const line = readFileSync(join(root, page), "utf8")
          .split("\n")
          .find((each) => each.startsWith(`| \`${environment}\``) && each.includes("$"));
        assert.ok(line?.includes(`${hourly} `), `${page} says of ${environment}: ${line}; it is ${hourly}`);
      }
    });
  }

  it("needs the actions that docs/azure-role.json has, and those are no more", () => {
    const { Actions } = JSON.parse(readFileSync(join(root, "docs", "azure-role.json"), "utf8")) as Role;
    const declared = new Set(
      [...digests.values()].flatMap(({ steps }) =>
        steps.flatMap(({ newState }) => (newState?.type.startsWith("azure-native:") ? [newState.type] : [])),
      ),
    );
    // What the settings of neither environment ask for.
    declared.add("azure-native:network:BastionHost").add("azure-native:managedidentity:UserAssignedIdentity");
    assert.deepEqual([...declared].sort(), Object.keys(resourceTypes).sort());
    const named = Object.values(resourceTypes);
    const managed = named.flatMap((type) => ["read", "write", "delete"].map((verb) => `${type}/${verb}`));
    assert.deepEqual(
      managed.filter((action) => !Actions.includes(action)),
      [],
    );
    const others = Actions.filter((action) => !managed.includes(action));
    for (const action of others) {
      assert.match(
        action,
        /\/(join|assign)\/action$|\/(backendAddressPools|locations\/operation\w+|virtualMachines|networkInterfaces)\/read$/,
      );
    }
    assert.ok(!Actions.some((action) => action.includes("*")));
  });

  for (const { commands, expected } of examplesOf(readFileSync(join(root, "docs", "azure.md"), "utf8"))) {
    it(`docs/azure.md: ${commands.split("\n")[0]}`, () => {
      const { stdout, stderr } = shell(commands.replace("npm run -s env --", "node tools/run.js env"));
      for (const line of expected) {
        assert.match(stdout, patternOf(line), stderr);
      }
    });
  }
});

/** Where in a value this text stands: `subnets.0.id`. */
function pathsTo(text: string, value: unknown, path: readonly string[] = []): string[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => pathsTo(text, item, [...path, key]));
  }
  return value === text ? [path.join(".")] : [];
}
