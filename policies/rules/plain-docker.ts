import { admittedBy, covers, portRanges, type PortRange, publishedBy } from "../ports";
import { type DeclaredResource, fieldsOf, isAzure, objectsIn, textsIn } from "../resource";
import type { Rule } from "../rule";

/** Where an engine listens that asks nobody who they are. */
const PLAIN = 2375;

export const noPlainDocker: Rule = {
  description: "No engine is reached on TCP port 2375, where whoever comes is its administrator.",
  level: "mandatory",
  cure: "Reach engines on port 2376 with certificates on both sides, or over SSH.",
  broken(resource) {
    const listening = publishedBy(resource)
      .filter(({ hostPort, containerPort }) => hostPort === PLAIN || containerPort === PLAIN)
      .map(({ container }) => `${container} publishes port ${PLAIN}`);
    const admitting = admittedBy(resource)
      .filter(({ ports }) => covers(ports, PLAIN))
      .map(({ name }) => `${name} admits to port ${PLAIN}`);
    return [...listening, ...admitting, ...balanced(resource), ...named(resource)];
  },
};

/** Ways of a load balancer to the port, or from it. */
function balanced(resource: DeclaredResource): string[] {
  if (!isAzure(resource, "network:LoadBalancer")) {
    return [];
  }
  const { loadBalancingRules, inboundNatRules } = resource.properties;
  return objectsIn([loadBalancingRules, inboundNatRules].flat())
    .filter((rule) => covers(portsOf(rule), PLAIN))
    .map(({ name }) => `the load balancer's rule ${String(name)} leads to port ${PLAIN} or from it`);
}

function portsOf({ backendPort, frontendPort, ...rule }: Readonly<Record<string, unknown>>): PortRange[] {
  const { frontendPortRangeStart: first, frontendPortRangeEnd: last } = rule;
  const single = [backendPort, frontendPort].filter((port) => typeof port === "number").map(String);
  return [
    ...portRanges(...single),
    ...(typeof first === "number" && typeof last === "number" ? [{ first, last }] : []),
  ];
}

/** Engines that are told to listen there, or are looked for there. */
function named(resource: DeclaredResource): string[] {
  const { type, properties } = resource;
  const { osProfile } = fieldsOf(properties.virtualMachineProfile);
  const [customData = ""] = textsIn(fieldsOf(osProfile ?? properties.osProfile).customData);
  const engines = textsIn(
    type === "pulumi:providers:docker" ? properties.host : undefined,
    fieldsOf(properties.environment).DOCKER_HOST,
  );
  return [
    ...(namesPort(Buffer.from(customData, "base64").toString("utf8")) ? ["the machine's first start names it"] : []),
    ...(engines.some(namesPort) ? [`the engine is looked for on port ${PLAIN}`] : []),
  ];
}

function namesPort(text: string): boolean {
  return new RegExp(`:${PLAIN}\\b`).test(text);
}
