import { labelList, labelsOf } from "../../../components/labels";
import { caddyfile } from "../../../components/labs/imds-proxy/caddyfile";
import { settings } from "../../../components/labs/imds-proxy/settings";
import { windowsFirewallCommand } from "../../../components/network/windows/firewall";
import type { Properties } from "../../../policies/resource";

/** A resource and what is wrong with it by a rule: nothing, where the rule is kept. */
export interface Case {
  readonly what: string;
  readonly type: string;
  readonly properties: Properties;
  readonly broken: readonly RegExp[];
}

/** The stack that declares the cases. */
export const STACK = "house";

export const types = {
  container: "docker:index/container:Container",
  service: "docker:index/service:Service",
  network: "docker:index/network:Network",
  image: "docker:index/remoteImage:RemoteImage",
  command: "command:local:Command",
  docker: "pulumi:providers:docker",
  group: "azure-native:resources:ResourceGroup",
  security: "azure-native:network:NetworkSecurityGroup",
  securityRule: "azure-native:network/v20240501:SecurityRule",
  balancer: "azure-native:network:LoadBalancer",
  address: "azure-native:network:PublicIPAddress",
  scaleSet: "azure-native:compute:VirtualMachineScaleSet",
} as const;

export const digest = `sha256:${"5".repeat(64)}`;
export const labels = labelList(labelsOf(STACK, "docker-networks", "server"));
export const tags = { project: "container-network-labs", stack: STACK, expires: "2027-01-31T18:00:00Z" };
export const container = { image: digest, labels, ports: [] };
export const build = { context: ".", labels: labelsOf(STACK, "app-pool", "image") };

export function admitting(rule: Properties): Properties {
  const usual = { name: "administration", access: "Allow", direction: "Inbound" };
  const securityRules = [{ ...usual, sourceAddressPrefixes: ["198.51.100.0/24"], destinationPortRange: "22", ...rule }];
  return { tags, securityRules };
}

export function publishing(...ports: Properties[]): Properties {
  return { ...container, ports };
}

export function pool(instance: Properties): Properties {
  return {
    create: "node tools/run.js pool apply",
    stdin: JSON.stringify({ stack: STACK, instances: { one: instance } }),
  };
}

export function windowsFirewall(sources: string[], ports: number[]): Properties {
  return { stdin: windowsFirewallCommand("labs", [{ service: "SSH", listen: "0.0.0.0", ports, sources }]).stdin };
}

export function starting(customData: string): Properties {
  const osProfile = { customData: Buffer.from(customData).toString("base64") };
  return { tags, virtualMachineProfile: { osProfile } };
}

export function machines(version: string): Properties {
  const imageReference = { publisher: "Canonical", offer: "ubuntu-24_04-lts", sku: "server", version };
  return { tags, virtualMachineProfile: { storageProfile: { imageReference } } };
}

export function uploading(content: string): Properties {
  return { ...container, uploads: [{ file: "/etc/caddy/Caddyfile", content }] };
}

export function proxy(given: object, change: (text: string) => string = (text) => text): Properties {
  return uploading(change(caddyfile(settings.parse(given), "linux")));
}

export function rule(): Properties {
  return { access: "Allow", direction: "Inbound", destinationPortRange: "22" };
}

export function of(what: string, type: string, properties: Properties, ...broken: RegExp[]): Case {
  // What is undefined does not arrive at a rule.
  return { what, type, properties: JSON.parse(JSON.stringify(properties)) as Properties, broken };
}
