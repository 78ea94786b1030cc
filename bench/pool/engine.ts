import { setTimeout as sleep } from "node:timers/promises";
import { publishedPorts } from "../../components/hosts/engine";
import { label } from "../../components/labels";
import { ask } from "../../tools/processes";
import { type Pool, place } from "./pool";
import { stack } from "./pulumi";

/** Repository of the tags that hold what the tools' containers are made of while the benchmark runs. */
const KEPT = "container-network-labs-bench-pool";

const SWEEPS = 5;

const FIRST = `publish=${place.firstPort}`;

/** Arguments of one call of the Docker client; more would be too long a line. */
const AT_ONCE = 200;

/** What the engine is asked about, and told to remove: only what carries the benchmark's own labels and names. */
export class BenchEngine {
  constructor(private readonly host: string) {}

  /** Whether exactly the pool's ports lead to running containers. Throws an Error that says what does not fit. */
  async check(pool: Pool): Promise<void> {
    const listed = await this.lines("container", "ls", "--format", "{{.Ports}}");
    const ports = listed
      .flatMap(publishedPorts)
      .filter(({ hostPort, address }) => hostPort >= pool.firstPort && address === "127.0.0.1");
    const found = new Set(ports.map(({ hostPort }) => hostPort));
    const wanted = Array.from({ length: pool.count }, (_, i) => pool.firstPort + i);
    const missing = wanted.filter((port) => !found.has(port));
    if (missing.length > 0 || found.size !== pool.count) {
      throw new Error(
        `${pool.count} containers should run behind ports from ${pool.firstPort} on: there are ${found.size}` +
          (missing.length > 0 ? `, and none behind ${missing.slice(0, 5).join(", ")}` : ""),
      );
    }
  }

  /** What the container behind the first port, or an image, is made of and runs. */
  async template(image?: string): Promise<Pick<Pool, "image" | "environment" | "command">> {
    const of =
      image === undefined
        ? ["container", "inspect", ...(await this.lines("container", "ls", "--quiet", "--filter", FIRST))]
        : ["image", "inspect", image];
    const [{ Config, Image, Id }] = JSON.parse(await this.docker(...of)) as {
      Id: string;
      Image?: string;
      Config: { Env: string[] | null; Cmd: string[] | null };
    }[];
    const reference = `${KEPT}:pool`;
    await this.docker("image", "tag", Image ?? Id, reference);
    return { image: reference, environment: Config.Env ?? [], command: Config.Cmd ?? [] };
  }

  /** Keeps the stack's images beyond its teardown, so that building them again takes them from the engine's cache. */
  async keepImages(): Promise<void> {
    for (const id of await this.lines("image", "ls", "--quiet", "--filter", ownLabels[1])) {
      await this.docker("image", "tag", id, `${KEPT}:${id}`);
    }
  }

  /** Containers and networks of the benchmark, in words. */
  async left(): Promise<string[]> {
    const [containers, networks] = await Promise.all([this.containers(), this.networks()]);
    return [...containers.map((id) => `container ${id}`), ...networks.map((id) => `network ${id}`)];
  }

  /**
   * Removes all containers and networks of the benchmark, whichever tool made them. The engine may yet finish what a tool
   * that was stopped had asked of it, so this goes on, for some seconds, until nothing is left.
   */
  async sweep(): Promise<void> {
    for (let tries = 1; tries <= SWEEPS; tries++) {
      try {
        await this.remove(["container", "rm", "--force", "--volumes"], await this.containers());
        await this.remove(["network", "rm"], await this.networks());
      } catch (error) {
        if (tries === SWEEPS) {
          throw error;
        }
      }
      if ((await this.left()).length === 0) {
        return;
      }
      await sleep(1000);
    }
  }

  /** Removes its images, which takes what is made of them gone. */
  async removeImages(): Promise<void> {
    await this.remove(["image", "rm"], await this.images());
  }

  /** Its images by name, or by id where they have none. */
  async images(): Promise<string[]> {
    const reference = '{{if eq .Tag "<none>"}}{{.ID}}{{else}}{{.Repository}}:{{.Tag}}{{end}}';
    const list = (...which: string[]) => this.lines("image", "ls", ...which, "--format", reference);
    return [...new Set([...(await list("--filter", ownLabels[1])), ...(await list(KEPT))])];
  }

  private containers(): Promise<string[]> {
    return this.labelled("container", "ls", "--all", "--quiet");
  }

  private networks(): Promise<string[]> {
    return this.labelled("network", "ls", "--quiet");
  }

  private async labelled(...args: string[]): Promise<string[]> {
    const found = await Promise.all(ownLabels.map((filter) => this.lines(...args, "--filter", filter)));
    return [...new Set(found.flat())];
  }

  private async remove(command: readonly string[], what: readonly string[]): Promise<void> {
    for (let i = 0; i < what.length; i += AT_ONCE) {
      await this.docker(...command, ...what.slice(i, i + AT_ONCE));
    }
  }

  private async lines(...args: string[]): Promise<string[]> {
    return (await this.docker(...args)).split("\n").filter(Boolean);
  }

  private docker(...args: string[]): Promise<string> {
    return ask("docker", ["-H", this.host, ...args]);
  }
}

/** The other tools' label, and this program's. */
const ownLabels = [`label=${place.label}`, `label=${label.stack}=${stack}`] as const;
