import { type DeclaredResource, fieldsOf, textsIn } from "../resource";
import type { Rule } from "../rule";

export const enginesByMutualTls: Rule = {
  description: "Engines on other machines are reached by mutual TLS, or over SSH with a host key that is known.",
  level: "mandatory",
  cure: "Give the engine's address as tcp:// with certificates (certPath), or as ssh:// with sshOpts that pin its key.",
  broken(resource) {
    return resource.type === "pulumi:providers:docker" ? byProvider(resource) : byCommand(resource);
  },
};

function byProvider({ properties }: DeclaredResource): string[] {
  const { host, certPath, caMaterial, certMaterial, keyMaterial, sshOpts } = properties;
  // An address that only the update will tell has no scheme yet; certificates are named all the same.
  const [address = ""] = textsIn(host);
  if (/^(tcp|https?):/.test(address)) {
    const material = [caMaterial, certMaterial, keyMaterial].every(isGiven);
    return isGiven(certPath) || material ? [] : [`${schemeOf(address)} without certificates on both sides`];
  }
  // A provider's lists travel as JSON.
  return address.startsWith("ssh:") && trustsAnybody(textsIn(sshOpts).join(" "))
    ? ["ssh:// to whoever answers: its host key is not looked at"]
    : [];
}

function byCommand({ type, properties }: DeclaredResource): string[] {
  const { DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH } = fieldsOf(properties.environment);
  const [address = ""] = textsIn(DOCKER_HOST);
  const verified = isGiven(DOCKER_TLS_VERIFY) && isGiven(DOCKER_CERT_PATH);
  return type.startsWith("command:") && /^(tcp|https?):/.test(address) && !verified
    ? [`its DOCKER_HOST is ${schemeOf(address)} without certificates on both sides`]
    : [];
}

/** Anything but nothing: what is to come counts. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== "";
}

function schemeOf(address: string): string {
  return `${address.split(":")[0]}://`;
}

function trustsAnybody(options: string): boolean {
  return /StrictHostKeyChecking["\s=]+(no|off|accept-new)\b/i.test(options) || options.includes("/dev/null");
}
