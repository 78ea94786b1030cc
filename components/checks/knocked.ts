import { managerCount } from "../cluster/plan";
import { docker } from "./docker";
import type { Looking } from "./evidence";
import type { EngineAccess } from "./expectation";
import { isElsewhere } from "./operator";

/** Why an engine was not asked anything. */
export interface Silent {
  readonly problem: string;
  readonly ms: number;
}

/** A host of a cluster, and why it is not to be asked, where that is so. */
export interface KnockedMember {
  readonly host: EngineAccess;
  readonly silent?: Silent;
}

/** Whom to ask, and of a cluster all of its hosts. */
export interface Answering {
  readonly host: EngineAccess;
  readonly members?: readonly KnockedMember[];
}

/** Finds out which hosts answer, each once: where one does not, one reason is told, and no check waits for its own. */
export class Knocked {
  private readonly knocks = new Map<string, Promise<Silent | undefined>>();

  constructor(
    private readonly engines: readonly EngineAccess[],
    private readonly looking: Pick<Looking, "signal">,
  ) {}

  /** The engine of a host, or of the first manager of a cluster that answers: each of them knows all of it. */
  async at(name: string): Promise<Answering | Silent> {
    const found = this.engines.find((engine) => engine.name === name);
    if (found === undefined) {
      return { problem: `there is no container host ${name}`, ms: 0 };
    }
    if (found.members === undefined) {
      return (await this.knock(found)) ?? { host: found };
    }
    const hosts = found.members.flatMap((member) => this.engines.filter((engine) => engine.name === member));
    const members = await Promise.all(hosts.map(async (host) => ({ host, silent: await this.knock(host) })));
    const managers = members.slice(0, managerCount(hosts.length));
    const answering = managers.find(({ silent }) => silent === undefined);
    return answering === undefined ? noManager(managers) : { host: answering.host, members };
  }

  private knock(host: EngineAccess): Promise<Silent | undefined> {
    const knock = this.knocks.get(host.name) ?? this.ask(host);
    this.knocks.set(host.name, knock);
    return knock;
  }

  /** This machine's own engine tells by itself, and at once, that it is not there. */
  private async ask(host: EngineAccess): Promise<Silent | undefined> {
    if (!isElsewhere(host)) {
      return undefined;
    }
    const { problem, ms } = await docker(host, ["version", "--format", "{{.Server.Version}}"], this.looking);
    return problem === undefined ? undefined : { problem: `host ${host.name} does not answer: ${problem}`, ms };
  }
}

function noManager(managers: readonly KnockedMember[]): Silent {
  const silent = managers.flatMap((member) => member.silent ?? []);
  return {
    problem: `no manager of the cluster answers: ${silent.map(({ problem }) => problem).join("; ")}`,
    ms: Math.max(0, ...silent.map(({ ms }) => ms)),
  };
}
