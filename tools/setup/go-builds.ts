import type { Progress } from "../terminal/progress";
import { build, builtProgram, type GoProgram } from "./go";
import { isProgram, type Machine } from "./machine";

/** Two at a time keep two cores busy while the other one downloads modules or links. More would only take memory. */
const AT_A_TIME = 2;

/** Builds programs into the cache, each as a step, a few at a time in the order in which they are asked for. */
export class GoBuilds {
  private readonly limit = import("p-limit").then(({ default: pLimit }) => pLimit(AT_A_TIME));

  constructor(
    private readonly machine: Machine,
    private readonly progress: Progress,
  ) {}

  has(program: GoProgram): boolean {
    return isProgram(builtProgram(this.machine, program));
  }

  /** The program's path, at once if it is built already. */
  async path(title: string, program: GoProgram): Promise<string> {
    if (!this.has(program)) {
      const limit = await this.limit;
      await limit(() => this.progress.step(`${title}: build`, (report) => build(this.machine, program, report)));
    }
    return builtProgram(this.machine, program);
  }
}
