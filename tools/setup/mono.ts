import type { Progress } from "../terminal/progress";
import { UserError } from "../command";
import { installPackages } from "./debian";
import { type Machine, onPath, thisMachine } from "./machine";

/** The C# compiler, the run time, and a C compiler for the stand-in of a system library. */
export interface Mono {
  readonly mcs: string;
  readonly mono: string;
  readonly cc: string;
}

/** Debian's packages; the library is the one for JSON that Windows PowerShell has, too. */
const packages = ["mono-mcs", "mono-runtime", "libmono-system-web-extensions4.0-cil", "gcc", "libc6-dev"];

/**
 * What the tests of the C# code need: programs on PATH, or on Debian and its kind, as root, packages that are then installed.
 * Throws a UserError where there are none.
 */
export async function ensureMono(progress: Progress, machine: Machine = thisMachine()): Promise<Mono> {
  const found = findMono(machine);
  if (found !== undefined) {
    return found;
  }
  if (machine.debianRoot) {
    await progress.step("Installing Mono", (report) => installPackages(machine, report, ...packages));
    const installed = findMono(machine);
    if (installed !== undefined) {
      return installed;
    }
  }
  throw new UserError(
    "The tests of the C# code need Mono and a C compiler, and they are not there. Install them so that mcs, mono and cc " +
      `are on PATH, on Debian and Ubuntu with: apt-get install ${packages.join(" ")}`,
  );
}

function findMono(machine: Machine): Mono | undefined {
  const [mcs, mono, cc] = ["mcs", "mono", "cc"].map((name) => onPath(machine, name)[0]);
  return mcs && mono && cc ? { mcs, mono, cc } : undefined;
}
