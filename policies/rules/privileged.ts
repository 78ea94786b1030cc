import { type DeclaredResource, fieldsOf, isDocker, objectsIn, textsIn } from "../resource";
import type { Rule } from "../rule";

/**
 * Capabilities that are as good as all of them.
 * Source: https://man7.org/linux/man-pages/man7/capabilities.7.html
 */
const almighty = ["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "DAC_READ_SEARCH"];

/** Whoever has the engine's socket has the host. */
const engineSocket = /(docker|containerd)\.sock$|pipe[\\/]docker_engine$/;

export const noPrivilegedContainers: Rule = {
  description: "No container is its host's administrator: none is privileged, or as good as.",
  level: "mandatory",
  cure: "Give it the one capability, device or folder that it needs.",
  broken(resource) {
    return isDocker(resource, "Container") ? inContainer(resource) : inCommand(resource);
  },
};

function inContainer({ properties }: DeclaredResource): string[] {
  const capabilities = textsIn(fieldsOf(properties.capabilities).adds).map((each) => each.replace(/^CAP_/, ""));
  const mounted = [
    ...objectsIn(properties.volumes).flatMap(({ hostPath }) => textsIn(hostPath)),
    ...objectsIn(properties.mounts).flatMap(({ type, source }) => (type === "bind" ? textsIn(source) : [])),
  ];
  const shared = { networkMode: "network", pidMode: "processes", ipcMode: "memory", usernsMode: "users" };
  return [
    ...(properties.privileged === true ? ["it is privileged"] : []),
    ...capabilities.filter((each) => almighty.includes(each)).map((each) => `it has the capability ${each}`),
    ...Object.entries(shared)
      .filter(([setting]) => properties[setting] === "host")
      .map(([, what]) => `it shares its host's ${what}`),
    ...mounted.filter((path) => engineSocket.test(path)).map(() => "it has the engine's socket"),
    ...mounted.filter((path) => path === "/").map(() => "it has its host's whole file system"),
  ];
}

/** Commands start containers, too. */
function inCommand({ type, properties }: DeclaredResource): string[] {
  const lines = type.startsWith("command:") ? textsIn(properties.create, properties.update, properties.delete) : [];
  return lines.some((line) => /(^|\s)--privileged\b(?!=false)/.test(line))
    ? ["a command of it starts a privileged container"]
    : [];
}
