import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Report } from "../../components/checks/expectation";
import { labsBeside } from "./labs-beside";
import { docker, type Outcome, TestEnvironment } from "./support";

const number = 14;
const lab = labsBeside(number)["image-builder"];
const { name: container, port } = lab.run;

describe("the image-builder lab on a real engine", function () {
  this.timeout(420_000);
  let env: TestEnvironment;
  let workspace: string;
  /** Where the lab leaves workspaces, on the machine that builds: here this one. */
  let onServer: string;

  before(() => {
    env = new TestEnvironment(number);
    env.settleLabs({ "image-builder": lab });
    workspace = join(env.folder, "examples", "workspace");
    const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
    onServer = join(cache, "container-network-labs", "workspaces", env.name);
  });
  after(() => env.remove());

  const succeed = ({ code, stdout, stderr }: Outcome): string => {
    assert.equal(code, 0, stdout + stderr);
    return stdout + stderr;
  };
  const up = (): string => succeed(env.run("up"));
  /** The steps of a preview by name, but for what stays as it is. */
  const previewed = (): Record<string, string> => {
    const text = succeed(env.pulumi("preview", "--stack", env.name, "--non-interactive", "--json"));
    const { steps } = JSON.parse(text.slice(0, text.lastIndexOf("}") + 1)) as { steps: { op: string; urn: string }[] };
    return Object.fromEntries(
      steps.filter(({ op }) => op !== "same").map(({ op, urn }) => [urn.split("::").at(-1)!, op]),
    );
  };
  const build = async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${port}/health`);
    return ((await answer.json()) as { build: string }).build;
  };
  const images = (): Record<string, string> => {
    const filter = `label=container-network-labs.stack=${env.name}`;
    const lines = docker("image", "ls", "--filter", filter, "--format", "{{.Repository}}:{{.Tag}} {{.ID}}").split("\n");
    return Object.fromEntries(lines.filter(Boolean).map((line) => line.split(" ") as [string, string]));
  };
  const artefact = (file: string): string => join(env.folder, "out", env.name, "artefacts", "image-builder", file);
  const change = (file: string, from: string, to: string): (() => void) => {
    const path = join(workspace, file);
    const source = readFileSync(path, "utf8");
    assert.ok(source.includes(from), file);
    writeFileSync(path, source.replace(from, to));
    return () => writeFileSync(path, source);
  };
  const proved = (): void => {
    const { code, stdout, stderr } = env.run("verify", "--json");
    assert.ok(stdout.startsWith("{"), stdout + stderr);
    const { checks } = JSON.parse(stdout) as Report;
    assert.deepEqual([code, checks.filter(({ status }) => status !== "pass")], [0, []]);
    assert.deepEqual([...new Set(checks.map(({ kind }) => kind))].sort(), [
      "answer",
      "artefact",
      "endpoint",
      "network",
    ]);
  };

  it("builds two images in their order, checks the second, runs it, and brings artefacts here", async () => {
    const told = up();
    assert.match(told, /Copied to "local": \d+ files/);
    assert.match(told, /Ran 6 tests/);
    const [runtime, web] = Object.keys(images()).sort();
    assert.match(runtime, /^image-builder-runtime:[0-9a-f]{12}$/);
    assert.equal(`image-builder-web:${await build()}`, web);
    assert.match(readFileSync(artefact("tests.xml"), "utf8"), /<testsuite name="guestbook" tests="6" failures="0">/);
    const inside = docker("exec", container, "sha256sum", "/srv/app/web.pyz").split(" ")[0];
    const here = spawnSync("sha256sum", [artefact("web.pyz")], { encoding: "utf8" }).stdout.split(" ")[0];
    assert.equal(here, inside);
    proved();
  });

  it("changes nothing in a second up, nor for what no build sees", () => {
    const undo = change("README.md", "A guest book", "A book");
    assert.deepEqual(previewed(), {});
    assert.doesNotMatch(up(), /created|updated|replaced|deleted|Copying/);
    undo();
  });

  it("rebuilds only what a changed file is seen by, and what comes after that", async () => {
    const before = images();
    change("app/guestbook/server.py", "<h1>Guest book</h1>", "<h1>Our guest book</h1>");
    const steps = previewed();
    assert.equal(steps["image-builder-workspace"], "update");
    assert.equal(steps["image-builder-web-build"], "update");
    assert.equal(steps["image-builder-runtime-build"], undefined);
    up();
    assert.match(await (await fetch(`http://127.0.0.1:${port}/`)).text(), /Our guest book/);
    const runtime = Object.entries(before).find(([name]) => name.includes("runtime"))!;
    assert.equal(images()[runtime[0]], runtime[1]);
    proved();
  });

  it("fails the update where a check fails, with its words, and keeps what runs and what was brought", async () => {
    const [running, report, kept] = [await build(), readFileSync(artefact("tests.xml"), "utf8"), images()];
    const undo = change("app/guestbook/book.py", "[entry, *self._entries]", "[*self._entries, entry]");
    const { code, stdout, stderr } = env.run("up");
    undo();
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /FAIL: test_the_newest_entry_comes_first/);
    assert.match(stdout + stderr, /Image web was not built\. Nothing was pushed/);
    assert.deepEqual([await build(), readFileSync(artefact("tests.xml"), "utf8"), images()], [running, report, kept]);
  });

  it("fails the update where a build fails, with its words and exit code, and leaves no half-made image", async () => {
    const [running, kept] = [await build(), images()];
    const undo = change("Dockerfile", "RUN mkdir", "RUN date >/date\nRUN echo a-word-of-its-own && exit 7 && mkdir");
    const { code, stdout, stderr } = env.run("up");
    undo();
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /a-word-of-its-own/);
    assert.match(stdout + stderr, /returned a non-zero code: 7|exit code: 7/);
    assert.deepEqual([await build(), images()], [running, kept]);
    // The layer before the one that failed, as the classic builder tells it; BuildKit has none.
    const [, layer] = [...(stdout + stderr).matchAll(/ ---> ([0-9a-f]{12})\b/g)].at(-1) ?? [];
    if (layer !== undefined) {
      assert.match(spawnSync("docker", ["image", "inspect", layer], { encoding: "utf8" }).stderr, /no such image/i);
    }
    up();
    proved();
  });

  it("goes on after an update that was cancelled in the middle of a build", async () => {
    change("Dockerfile", "RUN mkdir", "RUN sleep 20 && mkdir");
    const child = env.start("up");
    const started = Date.now();
    const building = (): boolean =>
      docker("container", "ls", "--no-trunc", "--format", "{{.Command}}").includes("sleep 20 && mkdir");
    while (!building()) {
      assert.ok(Date.now() - started < 120_000, "the build did not begin");
      await sleep(200);
    }
    process.kill(-child.pid!, "SIGINT");
    await new Promise((resolve) => child.once("exit", resolve));
    change("Dockerfile", "RUN sleep 20 && mkdir", "RUN sleep 1 && mkdir");
    up();
    assert.equal(Object.keys(images()).filter((name) => name.includes("unfinished")).length, 0);
    assert.ok(images()[`image-builder-web:${await build()}`] !== undefined);
    proved();
  });

  it("copies the workspace again where it was removed, once a build needs it", () => {
    rmSync(onServer, { recursive: true });
    change("Dockerfile", "RUN sleep 1 && mkdir", "RUN mkdir");
    const told = up();
    assert.match(told, /Copied to "local"/);
    proved();
  });

  it("brings artefacts again that were removed or changed here", () => {
    writeFileSync(artefact("tests.xml"), "something else");
    rmSync(artefact("web.pyz"));
    up();
    assert.match(readFileSync(artefact("tests.xml"), "utf8"), /testsuite/);
    proved();
  });

  it("builds an image anew that was removed, with its container", async () => {
    const [running] = [await build()];
    docker("rm", "--force", container);
    docker("image", "rm", "--force", `image-builder-web:${running}`);
    up();
    assert.equal(await build(), running);
    proved();
  });

  it("leaves nothing: no image, no workspace, no artefact", () => {
    assert.match(succeed(env.run("destroy")), /Nothing is left/);
    assert.deepEqual(env.left(), []);
    assert.equal(existsSync(onServer), false);
    assert.equal(existsSync(artefact("tests.xml")), false);
  });
});
