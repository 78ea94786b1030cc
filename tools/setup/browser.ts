import type { Progress } from "../terminal/progress";
import { UserError } from "../command";
import { installPackages } from "./debian";
import { isProgram, type Machine, onPath, thisMachine } from "./machine";

/** Browsers that Playwright can drive, as packages and installers name their programs. */
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge"];

/** Where installers put them on systems that have no such programs on PATH. */
const installed = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/**
 * Path of a browser for the tests of the page: one on PATH, one that Playwright or an installer has put here, or on Debian
 * and its kind, as root, a package that is then installed. Throws a UserError where there is none.
 */
export async function ensureBrowser(progress: Progress, machine: Machine = thisMachine()): Promise<string> {
  return findBrowser(machine) ?? (await installBrowser(progress, machine));
}

function findBrowser(machine: Machine): string | undefined {
  const path = names.flatMap((name) => onPath(machine, name))[0];
  return path ?? installed.find(isProgram) ?? playwrights();
}

/** The one that `playwright install chromium` would have downloaded. */
function playwrights(): string | undefined {
  const { chromium } = require("playwright-core") as typeof import("playwright-core");
  const path = chromium.executablePath();
  return isProgram(path) ? path : undefined;
}

async function installBrowser(progress: Progress, machine: Machine): Promise<string> {
  if (machine.debianRoot) {
    // A picture without letters can't be tested: the browser brings no font.
    const packages = ["chromium", "fonts-dejavu-core"];
    await progress.step("Installing a browser", (report) => installPackages(machine, report, ...packages));
    const path = findBrowser(machine);
    if (path !== undefined) {
      return path;
    }
  }
  throw new UserError(
    `The tests of the page need a browser, and there is none. Install Chromium or Chrome so that one of ${names.join(", ")} ` +
      "is on PATH, or run: npx playwright-core install chromium",
  );
}
