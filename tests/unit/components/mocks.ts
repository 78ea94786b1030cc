import * as pulumi from "@pulumi/pulumi";
import type { MockResourceArgs } from "@pulumi/pulumi/runtime";

/** A resource as it was registered, without the inputs that are undefined. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  /** Reference of the provider it was made through; none for a component. */
  readonly provider?: string;
}

/** The engine's id of a mocked container. */
export function idOf(name: string): string {
  return Buffer.from(name).toString("hex").padEnd(64, "0").slice(0, 64);
}

/**
 * Declares resources against mocks and gives back all that were registered, in order. What the engine would add is
 * `id-of-<name>`, so that a reference to another resource can be told by its text; a container's is {@link idOf}. What a
 * command would print is `reportOf` its name.
 */
export async function registered(
  declare: () => unknown,
  preview = false,
  reportOf: (command: string) => object = () => ({ changed: true, before: { policies: [] }, after: { policies: [] } }),
): Promise<Registered[]> {
  const found: Registered[] = [];
  await declareAgainst(
    {
      newResource({ type, name, inputs, provider }: MockResourceArgs) {
        // A container's id becomes part of commands, which take nothing else.
        const id = type.endsWith(":Container") ? idOf(name) : `id-of-${name}`;
        found.push({ type, name, inputs: JSON.parse(JSON.stringify(inputs)) as Record<string, unknown>, provider });
        const imageId = type.includes("RemoteImage") ? { imageId: `sha256:${name}` } : {};
        const stdout = type.startsWith("command:") ? { stdout: JSON.stringify(reportOf(name)) } : {};
        return { id, state: { ...(inputs as object), ...imageId, ...stdout } };
      },
      call({ inputs }) {
        return {
          ...(inputs as object),
          driver: "mocked",
          scope: "local",
          internal: false,
          ipamConfigs: [],
          options: {},
        };
      },
    },
    declare,
    preview,
  );
  return found.filter(({ type }) => type !== "pulumi:pulumi:Stack");
}

/** Declares resources against these mocks, and waits until the last of them is registered. */
export async function declareAgainst(
  mocks: pulumi.runtime.Mocks,
  declare: () => unknown,
  preview: boolean,
): Promise<void> {
  await pulumi.runtime.setMocks(mocks, "container-network-labs", "unit", preview);
  await pulumi.runtime.runInPulumiStack(async () => {
    declare();
    return {};
  });
  // Registration goes on behind the constructors' backs; without this a test would look too early.
  await pulumi.runtime.disconnect();
}
