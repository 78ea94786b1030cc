import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import type { MockCallArgs, MockResourceArgs } from "@pulumi/pulumi/runtime";
import { Cloud } from "../../../components/azure/cloud";
import { machinesOfHosts, type PoolMember } from "../../../components/azure/instances";
import type { PlacedOpening } from "../../../components/azure/openings";
import type { MachinesOrder } from "../../../components/azure/tunnelled";
import { hosts, type ScaleSetSettings } from "../../../components/settings/hosts";
import { declareAgainst } from "../components/mocks";

export const subscription = "11111111-2222-4333-8444-555555555555";
export const group = `/subscriptions/${subscription}/resourceGroups/container-network-labs-unit`;

/** Settings of a scale set with which nothing is wrong. */
export function scaleSet(change: Readonly<Record<string, unknown>> = {}): ScaleSetSettings {
  const given = { kind: "scale-set", administration: { sources: ["8.8.8.0/24"] }, ...change };
  return hosts.parse(given) as ScaleSetSettings;
}

/** A machine in the load balancer's pool, as Azure tells of it. */
export function member(instance: number, ssh: number, docker = ssh + 1_000): PoolMember {
  const set = `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/labs`;
  return {
    networkInterfaceIPConfiguration: {
      id: `${set}/virtualMachines/${instance}/networkInterfaces/card/ipConfigurations/main`,
    },
    inboundNatRulesPortMapping: [
      { inboundNatRuleName: "ssh", frontendPort: ssh },
      { inboundNatRuleName: "docker", frontendPort: docker },
    ],
  };
}

export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** What the mocked commands print: credentials, each of which says what it is. */
const printed: Readonly<Record<string, object>> = {
  "labs-credentials-keys": {
    keys: {
      ...{ userKey: "user key", userPublicKey: "ssh-ed25519 USER", ca: "ca", adminPassword: "password" },
      ...{ hostKey: "host key", hostPublicKey: "ssh-ed25519 HOST" },
    },
    caKey: "ca key",
  },
  "labs-credentials-certificates": {
    // What goes by the key's numbers asks for a real one.
    ...{ serverCertificate: "server", serverKey: privateKey.export({ type: "pkcs8", format: "pem" }) },
    ...{ clientCertificate: "client", clientKey: "client key" },
  },
};

/** What `tools/run.js machines` prints for hosts that never had a machine. */
function inTurn(inputs: object): Record<string, string> {
  const { hosts, machines } = JSON.parse((inputs as { stdin: string }).stdin) as MachinesOrder;
  return Object.fromEntries(machinesOfHosts(hosts, {}, machines));
}

/**
 * Declares resources against mocks of Azure and gives back all that were registered.
 * @param members What the load balancer's pool has.
 */
export async function declared(
  declare: () => unknown,
  { members = [], preview = false }: { members?: readonly PoolMember[]; preview?: boolean } = {},
): Promise<Declared[]> {
  const found: Declared[] = [];
  await declareAgainst(
    {
      newResource({ type, name, inputs }: MockResourceArgs) {
        found.push({ type, name, inputs: JSON.parse(JSON.stringify(inputs)) as Record<string, unknown> });
        const { resourceGroupName: groupName } = inputs as { resourceGroupName?: string };
        const state = {
          ...(inputs as object),
          ...(type.endsWith(":ResourceGroup") ? { name: groupName } : {}),
          ...(type.endsWith(":BastionHost") ? { name: (inputs as { bastionHostName: string }).bastionHostName } : {}),
          ...(type.endsWith(":PublicIPAddress") ? { ipAddress: "20.0.0.1" } : {}),
          ...(type.startsWith("command:") ? { stdout: JSON.stringify(printed[name] ?? inTurn(inputs as object)) } : {}),
        };
        return { id: `id-of-${name}`, state };
      },
      call({ token }: MockCallArgs) {
        return token.endsWith(":getClientConfig")
          ? { subscriptionId: subscription }
          : { loadBalancerBackendAddresses: members };
      },
    },
    declare,
    preview,
  );
  return found.filter(({ type }) => type !== "pulumi:pulumi:Stack");
}

/** The value of an output, once what it is of has been declared; undefined where it is unknown. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}

/** What a pool of the first host opens. */
export const web: PlacedOpening = {
  ...{ lab: "app-pool", host: "labs-1", service: "HTTP", listen: "0.0.0.0" },
  ports: [8090, 8091, 8093],
  sources: ["9.9.9.0/24"],
};

/** A cloud of these settings, and all that it declares. */
export async function cloud(
  change: Readonly<Record<string, unknown>> = {},
  openings: readonly PlacedOpening[] = [],
  { expires, ...azure }: Parameters<typeof declared>[1] & { expires?: string } = {},
) {
  let made: Cloud | undefined;
  const resources = await declared(() => {
    made = new Cloud("labs", { environment: "unit", settings: scaleSet(change), openings, expires });
  }, azure);
  const of = (type: string) => resources.filter((each) => each.type.endsWith(`:${type}`));
  return { made: made!, resources, of, one: (type: string) => only(of(type)) };
}

function only(found: readonly Declared[]): Record<string, unknown> {
  assert.equal(found.length, 1);
  return found[0].inputs;
}

/** A part of a resource's inputs, where a test looks deep into it. */
export function at(inputs: unknown, ...path: (string | number)[]): unknown {
  return path.reduce((each, step) => (each as Record<string | number, unknown>)[step], inputs);
}
