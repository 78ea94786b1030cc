import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { writePictures } from "../../tools/graph";
import { ensureBrowser } from "../../tools/setup/browser";
import { createProgress } from "../../tools/terminal/progress";
import { crowdedSample, dockerNetworksSample, hostileSample, reportOn, type Sample } from "../unit/graph/support";

const SCREENSHOTS = join(__dirname, "..", "..", "out", "screenshots");

/** So that a browser of the tests talks to nobody. */
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--disable-quic",
];

/** An installation of the browser may be part of it. */
const START_MS = 300_000;

const statuses = ["pass", "pass", "fail", "pass", "error"] as const;

function mixed(sample: Sample) {
  let next = 0;
  return reportOn(sample, () => statuses[next++ % statuses.length]);
}

describe("the page in a browser", function () {
  this.timeout(60_000);
  let browser: Browser;
  let folder: string;
  let page: Page;
  let complaints: string[];

  before(async function () {
    this.timeout(START_MS);
    const executablePath = await ensureBrowser(createProgress());
    browser = await chromium.launch({ executablePath, args: QUIET });
    folder = mkdtempSync(join(tmpdir(), "page-"));
  });

  after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1500, height: 1000 }, colorScheme: "light" });
    complaints = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("dialog", (dialog) => complaints.push(dialog.message()));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) {
        complaints.push(request.url());
      }
    });
  });

  afterEach(async () => {
    await page.close();
    deepEqual(complaints, []);
  });

  async function open(name: string, sample: Sample, report = reportOn(sample)): Promise<void> {
    const { html } = await writePictures(join(folder, name), sample, report);
    await page.goto(pathToFileURL(html).href);
  }

  const samples = [
    ["docker-networks", dockerNetworksSample()],
    ["crowded", crowdedSample()],
    ["hostile", hostileSample()],
  ] as const;

  for (const [name, sample] of samples) {
    it(`${name}: boxes do not overlap, and texts stay inside of them`, async () => {
      await open(name, sample, mixed(sample));
      await page.locator(".picture").screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
      deepEqual(await page.evaluate(misplaced), []);
    });

    it(`${name}: a row for each check, with its status`, async () => {
      const report = mixed(sample);
      await open(name, sample, report);
      const shown = await page.locator("tbody td.status").allInnerTexts();
      deepEqual(
        shown,
        report.checks.map(({ status }) => ({ pass: "✓ pass", fail: "✗ fail", error: "? error" })[status]),
      );
    });
  }

  it("would notice a box or a text that is not in its place", async () => {
    await open("docker-networks", dockerNetworksSample());
    await page.evaluate(() => {
      document.querySelector('[data-name="chat-bob"]')!.setAttribute("transform", "translate(0 40)");
      document.querySelector('[data-name="container1"] text')!.textContent = "a name that is far too long for its box";
    });
    const found = await page.evaluate(misplaced);
    ok(found.some((what) => /chat-alice.* overlaps .*chat-bob|chat-bob.* overlaps .*chat-alice/.test(what)));
    ok(found.some((what) => what.startsWith("a name that is far too long for its box sticks out")));
  });

  it("shows every container and network of the docker-networks lab", async () => {
    await open("docker-networks", dockerNetworksSample());
    const picture = page.locator("svg.topology");
    const size = await picture.boundingBox();
    ok(size !== null && size.width > 800 && size.height > 400);
    for (const { networks, containers } of dockerNetworksSample().topology.hosts.flatMap(({ labs }) => labs)) {
      for (const { name } of [...networks, ...containers]) {
        ok(
          await picture
            .locator("text", { hasText: new RegExp(`^${name}$`) })
            .first()
            .isVisible(),
          name,
        );
      }
    }
    equal(await picture.locator(".container .mark.pass").count(), 7 + 2);
  });

  it("follows the dark scheme", async () => {
    await open("docker-networks", dockerNetworksSample());
    const light = await page.evaluate(colours);
    await page.screenshot({ path: join(SCREENSHOTS, "docker-networks-light.png"), fullPage: true });
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await page.evaluate(colours);
    await page.screenshot({ path: join(SCREENSHOTS, "docker-networks-dark.png"), fullPage: true });
    light.forEach((colour, i) => notEqual(colour, dark[i]));
  });

  it("needs no scripts", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const { html } = await writePictures(folder, samples[0][1]);
    const plain = await context.newPage();
    await plain.goto(pathToFileURL(html).href);
    ok(await plain.locator("svg.topology").isVisible());
    equal(await plain.locator("tbody tr").count(), samples[0][1].expectations.length);
    await context.close();
  });
});

/** Runs in the page: of background, text, and the boxes of a network and of a container. */
function colours(): string[] {
  const style = (selector: string) => getComputedStyle(document.querySelector(selector)!);
  return [
    style("body").backgroundColor,
    style("body").color,
    style(".topology .network > rect").fill,
    style(".topology .container > rect").fill,
  ];
}

/** Runs in the page: what overlaps or sticks out. */
function misplaced(): string[] {
  const tolerance = 0.5;
  const found: string[] = [];
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  const inside = (inner: DOMRect, outer: DOMRect) =>
    inner.left >= outer.left - tolerance &&
    inner.right <= outer.right + tolerance &&
    inner.top >= outer.top - tolerance &&
    inner.bottom <= outer.bottom + tolerance;
  const overlap = (a: DOMRect, b: DOMRect) =>
    a.left < b.right - tolerance &&
    b.left < a.right - tolerance &&
    a.top < b.bottom - tolerance &&
    b.top < a.bottom - tolerance;
  const boxes = all(".topology g:is(.container, .port, .outside, .label)").map((group) => ({
    group,
    name: group.textContent,
    area: group.querySelector(":scope > rect:last-of-type")!.getBoundingClientRect(),
  }));
  boxes.forEach(({ name, area }, i) =>
    boxes.slice(0, i).forEach((other) => {
      if (overlap(area, other.area)) {
        found.push(`${name} overlaps ${other.name}`);
      }
    }),
  );
  for (const { group, name, area } of boxes) {
    for (const part of group.querySelectorAll("text, .mark circle")) {
      if (!inside(part.getBoundingClientRect(), area)) {
        found.push(`${part.textContent || "a mark"} sticks out of ${name}`);
      }
    }
  }
  const picture = document.querySelector("svg.topology")!.getBoundingClientRect();
  for (const part of all(".topology text, .topology rect")) {
    if (!inside(part.getBoundingClientRect(), picture)) {
      found.push(`${part.textContent} sticks out of the picture`);
    }
  }
  const areas = (kind: string) => all(`.topology .${kind} > rect`).map((rect) => rect.getBoundingClientRect());
  const hosts = areas("host");
  areas("network").forEach((network, i) => {
    if (!hosts.some((host) => inside(network, host))) {
      found.push(`network ${i} sticks out of its host`);
    }
  });
  return found;
}
