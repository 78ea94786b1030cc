import type { Progress } from "../terminal/progress";
import { build, builtProgram, findGo, type GoProgram } from "./go";
import { isProgram, type Machine } from "./machine";
import { SideBySide } from "./side-by-side";

/** Two at a time keep two cores busy while the other one downloads modules or links. More would only take memory. */
const AT_A_TIME = 2;

/** Builds programs into the cache, each as a step, a few at a time in the order in which they are asked for. */
export class GoBuilds {
  private readonly limit = import("p-limit").then(({ default: pLimit }) => pLimit(AT_A_TIME));

  private readonly machine: Machine;
  private go: Promise<string> | undefined;
  private readonly together: SideBySide;

  constructor(
    machine: Machine,
    private readonly progress: Progress,
  ) {
    this.together = new SideBySide(machine.signal);
    this.machine = { ...machine, signal: this.together.signal };
  }

  has(program: GoProgram): boolean {
    return isProgram(builtProgram(this.machine, program));
  }

  /** The program's path, at once if it is built already. */
  async path(title: string, program: GoProgram): Promise<string> {
    if (!this.has(program)) {
      const limit = await this.limit;
      await this.together.part(limit(() => this.build(title, program)));
    }
    return builtProgram(this.machine, program);
  }

  private async build(title: string, program: GoProgram): Promise<void> {
    this.machine.signal?.throwIfAborted();
    await this.progress.step(`${title}: build`, async (report) => {
      // Looked for once, so that all builds fail for one reason.
      this.go ??= findGo(this.machine);
      await build(this.machine, program, await this.go, report);
    });
  }
}
