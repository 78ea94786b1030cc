import type Docker from "dockerode";
import type { ContainerInfo } from "dockerode";
import type { PoolIdentity } from "../../components/containers/container-pool";
import { label } from "../../components/labels";
import { graceSeconds, poolLabels, type WantedContainer } from "./create-options";
import { type Parts, unlessGone } from "./parts";
import type { Doing } from "./plan";

/** A pool whose instances are containers of an engine. */
export function containersOn(engine: Docker, pool: PoolIdentity): Parts<WantedContainer, ContainerInfo> {
  return {
    list: (network) =>
      engine.listContainers({
        all: true,
        filters: {
          ...(network === undefined ? {} : { network: [network] }),
          label: Object.entries(poolLabels(pool)).map(([name, value]) => `${name}=${value}`),
        },
      }),
    ...asContainers,
    make: (wanted) => make(engine, wanted),
    async replace(wanted, { Id }) {
      await remove(engine, Id);
      await make(engine, wanted);
    },
    start: async ({ Id }) => void (await engine.getContainer(Id).start()),
    remove: ({ Id }) => remove(engine, Id),
  };
}

/** How containers are compared with what they should be. */
export const asContainers = {
  /** The engine lists a name with a slash before it. */
  nameOf: ({ Names }: ContainerInfo): string => Names[0].replace(/^\//, ""),
  identityOf: ({ Id }: ContainerInfo): string => Id,
  whatToDo,
};

function whatToDo(wanted: WantedContainer, found: ContainerInfo): Doing {
  if (found.Labels[label.spec] !== wanted.hash) {
    return "replace";
  }
  if (found.State === "running") {
    return isWired(wanted, found) ? "keep" : "replace";
  }
  return found.State === "exited" || found.State === "created" ? "start" : "replace";
}

/** Whether it is on its networks with its addresses, and on no others: a hand may have changed that. */
function isWired({ endpoints }: WantedContainer, { NetworkSettings: { Networks } }: ContainerInfo): boolean {
  const actual = Object.values(Networks);
  return (
    actual.length === Object.keys(endpoints).length &&
    actual.every(({ NetworkID, IPAddress }) => endpoints[NetworkID]?.IPAMConfig?.IPv4Address === IPAddress)
  );
}

async function make(engine: Docker, { options, endpoints }: WantedContainer): Promise<void> {
  const container = await engine.createContainer(options);
  for (const [network, EndpointConfig] of Object.entries(endpoints).slice(1)) {
    await engine.getNetwork(network).connect({ Container: container.id, EndpointConfig });
  }
  await container.start();
}

async function remove(engine: Docker, id: string): Promise<void> {
  const container = engine.getContainer(id);
  // One that does not end by itself in time is killed by the engine.
  await container.stop({ t: graceSeconds }).catch(unlessGone);
  await container.remove({ force: true, v: true }).catch(unlessGone);
}
