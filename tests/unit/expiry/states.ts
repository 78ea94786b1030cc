import type { RecordedResource, StackState } from "../../../tools/stack";

const urn = (type: string, name: string): string => `urn:pulumi:test::container-network-labs::${type}::${name}`;

/** The state of an environment with a container, and with an end where one is given. */
export function stateOf(given: {
  readonly born?: string;
  readonly end?: string;
  readonly setting?: string;
  readonly cloud?: object;
}): StackState {
  const { born = "2026-05-01T00:00:00Z", end, setting = "8h", cloud } = given;
  const outputs = end === undefined ? {} : { expiresAt: end, "docker-networks": { open: {} } };
  const resources: RecordedResource[] = [
    { ...resource("pulumi:pulumi:Stack", "container-network-labs-test"), created: born, outputs },
    { ...resource("docker:index/container:Container", "one"), created: "2026-05-02T00:00:00Z" },
    {
      ...resource("container-network-labs:index:Environment", "test"),
      outputs: { declared: "{}", hosts: [{ os: "linux" }], ...(cloud === undefined ? {} : { cloud }) },
    },
    ...(end === undefined
      ? []
      : [
          { ...resource("command:local:Command", "expiry"), inputs: { triggers: [setting] }, outputs: { stdout: end } },
        ]),
  ];
  return { version: 3, deployment: { resources } };
}

function resource(type: string, name: string): RecordedResource {
  return { urn: urn(type, name), type };
}
