import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LocalHost } from "../../../components/hosts/local-host";
import { imageBuilder } from "../../../components/labs/image-builder";
import type { ArtefactsData, BuildData, PushData, WorkspaceData } from "../../../components/labs/image-builder/data";
import { planOf } from "../../../components/labs/image-builder/plan";
import { settings } from "../../../components/labs/image-builder/settings";
import { registered, type Registered } from "../components/mocks";
import { alone } from "../components/place";
import { folderWith, removeFolders } from "./support";

type Inputs = Record<"create" | "delete", string> & { readonly stdin: string | { readonly value: string } };

const lab = "image-builder";
const registry = { address: "registry.example:5000", path: "labs", username: "lab", password: "planted-secret" };
const place = alone();

/** Declares the lab on `here`, with `there` as another host. */
function declared(given: object = {}, preview = false): Promise<Registered[]> {
  return registered(
    () => {
      const host = (hostName: string) =>
        new LocalHost(hostName, {
          hostName,
          os: "linux",
          engine: `unix:///${hostName}.sock`,
          baseImage: { BASE: "debian" },
          lastStops: new Map<string, string>(),
        });
      const hosts = new Map(["here", "there"].map((name) => [name, host(name)]));
      imageBuilder.declare(lab, settings.parse(given), hosts.get("here")!, hosts);
    },
    preview,
    reportOf,
  );
}

/** What the lab's programs would print. */
function reportOf(name: string): object {
  const digest = `sha256:digest-of-${name}`;
  const repository = name.replace("image-builder", "registry.example:5000/labs/image-builder").replace("-push", "");
  return { imageId: `sha256:id-of-${name}`, digest, reference: `${repository}@${digest}`, files: [] };
}

function commands(found: readonly Registered[]): Record<string, Inputs> {
  return Object.fromEntries(
    found.filter(({ type }) => type === "command:local:Command").map(({ name, inputs }) => [name, inputs as Inputs]),
  );
}

/** The engine is handed a secret with a mark, as an object. */
const isSecret = ({ stdin }: Inputs): boolean => typeof stdin === "object";
const dataOf = <Data>({ stdin }: Inputs): Data => JSON.parse(typeof stdin === "object" ? stdin.value : stdin) as Data;

describe("the image-builder lab", () => {
  afterEach(removeFolders);

  it("copies, builds in order, runs what it built, and brings artefacts", async () => {
    const found = await declared();
    const all = commands(found);
    assert.deepEqual(Object.keys(all), [
      "image-builder-workspace",
      "image-builder-runtime-build",
      "image-builder-web-build",
      "image-builder-artefacts",
    ]);
    assert.equal(all["image-builder-workspace"].create, "node tools/run.js builder copy");
    assert.equal(all["image-builder-workspace"].delete, "node tools/run.js builder remove workspace");
    const [container] = found.filter(({ type }) => type === "docker:index/container:Container");
    assert.equal(container.inputs.image, "sha256:id-of-image-builder-web-build");
  });

  it("gives each build its own part of the workspace, its images and its id, and nothing of others", async () => {
    const all = commands(await declared());
    const runtime = dataOf<BuildData>(all["image-builder-runtime-build"]);
    const web = dataOf<BuildData>(all["image-builder-web-build"]);
    assert.deepEqual([runtime.context, runtime.dockerfile], ["runtime", "runtime/Dockerfile"]);
    assert.deepEqual([web.context, web.dockerfile], [".", "Dockerfile"]);
    const id = web.reference.split(":")[1];
    assert.deepEqual(web.givenArguments, { BASE: "debian", BUILD_ID: id, RUNTIME: runtime.reference });
    assert.equal(web.labels["container-network-labs.image"], "image-builder/web");
    assert.deepEqual(web.keep, ["reports/tests.xml"]);
    assert.match(all["image-builder-web-build"].create, /--after sha256:id-of-image-builder-runtime-build$/);
    assert.doesNotMatch(JSON.stringify(dataOf(all["image-builder-runtime-build"])), /run_tests|"web"/);
  });

  it("shows the same in a preview, before anything is built", async () => {
    const [made, previewed] = [commands(await declared()), commands(await declared({}, true))];
    for (const [name, { stdin }] of Object.entries(previewed)) {
      assert.equal(stdin, made[name].stdin);
    }
  });

  it("pushes every image by its id, and pulls the one that runs by its digest", async () => {
    const found = await declared({ server: "there", registry });
    const all = commands(found);
    const push = all["image-builder-web-push"];
    assert.equal(push.create, "node tools/run.js builder push --image sha256:id-of-image-builder-web-build");
    const { remote, machine } = dataOf<PushData>(push);
    assert.match(remote, /^registry\.example:5000\/labs\/image-builder-web:[0-9a-f]{12}$/);
    assert.equal(machine.host, "there");
    assert.ok("image-builder-runtime-push" in all);
    const reference = "registry.example:5000/labs/image-builder-web@sha256:digest-of-image-builder-web-push";
    assert.equal(all["image-builder-web-pull"].create, `node tools/run.js builder pull --reference ${reference}`);
    assert.equal(dataOf<PushData>(all["image-builder-web-pull"]).machine.host, "here");
    const [container] = found.filter(({ type }) => type === "docker:index/container:Container");
    assert.equal(container.inputs.image, reference);
  });

  it("has a password only in secrets, and one in a file nowhere at all", async () => {
    const holding = (found: readonly Registered[]): string[] =>
      found.filter(({ inputs }) => JSON.stringify(inputs).includes("planted-secret")).map(({ name }) => name);
    const found = await declared({ registry });
    const names = ["image-builder-runtime-push", "image-builder-web-push", "image-builder-web-pull"];
    assert.deepEqual(holding(found).sort(), names.sort());
    assert.deepEqual(
      Object.entries(commands(found))
        .filter(([, inputs]) => isSecret(inputs))
        .map(([name]) => name)
        .sort(),
      names,
    );
    const file = join(folderWith({ password: "planted-secret" }), "password");
    const inFile = { ...registry, password: undefined, passwordPath: file };
    assert.deepEqual(holding(await declared({ registry: inFile })), []);
  });

  it("changes the data of just those builds that see what has changed", async () => {
    const workspace = folderWith({
      "a/Dockerfile": "FROM scratch",
      "b/Dockerfile": "FROM scratch",
      "c/Dockerfile": "ARG A\nFROM ${A}",
    });
    const images = [
      { name: "a", context: "a" },
      { name: "b", context: "b" },
      { name: "c", context: "c", after: ["a"] },
    ];
    const before = commands(await declared({ workspace, images }));
    writeFileSync(join(workspace, "a", "more"), "1");
    const after = commands(await declared({ workspace, images }));
    const changed = Object.keys(before).filter((name) => before[name].stdin !== after[name].stdin);
    assert.deepEqual(changed, ["image-builder-workspace", "image-builder-a-build", "image-builder-c-build"]);
    assert.notEqual(
      dataOf<WorkspaceData>(before["image-builder-workspace"]).hash,
      dataOf<WorkspaceData>(after["image-builder-workspace"]).hash,
    );
  });

  it("brings an image's artefacts again when that is built anew, and is none without artefacts", async () => {
    const all = commands(await declared());
    assert.match(all["image-builder-artefacts"].create, /fetch --image sha256:id-of-image-builder-web-build$/);
    const { artefacts } = dataOf<ArtefactsData>(all["image-builder-artefacts"]);
    assert.deepEqual(
      artefacts.map(({ to }) => to),
      ["tests.xml", "web.pyz"],
    );
    assert.equal("image-builder-artefacts" in commands(await declared({ artefacts: [] })), false);
  });

  it("expects the result to answer with the id of its build, and artefacts to be those of the image", () => {
    const given = settings.parse({});
    const [, web] = planOf(given, "linux", place).images;
    const found = imageBuilder.expectations(given, "linux", place);
    const answer = found.find(({ kind }) => kind === "answer");
    assert.deepEqual(answer, {
      kind: "answer",
      name: "built-web answers, as it was built",
      from: "operator",
      url: "http://127.0.0.1:8060/",
      status: 200,
      contains: web.buildId,
    });
    const [artefact, ...none] = found.filter(({ kind }) => kind === "artefact");
    assert.deepEqual(
      [none, artefact],
      [
        [],
        {
          kind: "artefact",
          name: "web.pyz is what web has at /srv/app/web.pyz",
          at: "here",
          image: web.reference,
          path: "/srv/app/web.pyz",
          file: "image-builder/web.pyz",
        },
      ],
    );
  });

  it("expects the registry to serve what runs, and says where the password is and not what", () => {
    const given = settings.parse({ registry, server: "there" });
    const found = imageBuilder.expectations(given, "linux", place);
    const digest = found.find(({ kind }) => kind === "digest");
    const [, { buildId: tag }] = planOf(given, "linux", place).images;
    assert.deepEqual(digest, {
      kind: "digest",
      name: "built-web is made from what the registry serves as labs/image-builder-web",
      container: "built-web",
      registry: "registry.example:5000",
      repository: "labs/image-builder-web",
      tag,
      username: "lab",
      password: { setting: "labs.image-builder.registry.password" },
      caPath: undefined,
    });
    assert.equal(found.find(({ kind }) => kind === "artefact")?.at, "there");
    assert.doesNotMatch(JSON.stringify(found), /planted-secret/);
  });

  it("has other ids for another host: two may build on one server", () => {
    const ids = ["here", "there"].map(
      (host) => planOf(settings.parse({}), "linux", { ...place, host }).images[0].buildId,
    );
    assert.notEqual(ids[0], ids[1]);
  });

  it("has other ids in another environment, and those of the update where only its settings are read", async () => {
    const idIn = (environment: string) =>
      planOf(settings.parse({}), "linux", { ...place, environment }).images[1].buildId;
    assert.notEqual(idIn("unit"), idIn("other"));
    const { reference } = dataOf<BuildData>(commands(await declared())["image-builder-web-build"]);
    assert.equal(reference, `image-builder-web:${idIn("unit")}`);
  });
});
