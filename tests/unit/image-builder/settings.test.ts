import assert from "node:assert/strict";
import { join } from "node:path";
import { imageBuilder } from "../../../components/labs/image-builder";
import { settings } from "../../../components/labs/image-builder/settings";
import type { HostOs, Place } from "../../../components/labs/lab";
import { asRow, faultsOf } from "../settings/support";
import { removeFolders } from "./support";

const labs = { "image-builder": imageBuilder };
const faults = (lab: object, os: HostOs = "linux") =>
  faultsOf({ hosts: { kind: "local", os }, labs: { "image-builder": lab } }, labs).map(asRow("labs.image-builder."));
const keys = (lab: object, os?: HostOs) => faults(lab, os).map(([key]) => key);

describe("the settings of the image-builder lab", () => {
  afterEach(removeFolders);

  it("build the example where nothing is said", () => {
    assert.deepEqual(faults({}), []);
    const { images, artefacts, server, registry } = settings.parse({});
    assert.deepEqual(
      images.map(({ name, after }) => [name, after]),
      [
        ["runtime", []],
        ["web", ["runtime"]],
      ],
    );
    assert.deepEqual(
      artefacts.map(({ path }) => path),
      ["reports/tests.xml", "/srv/app/web.pyz"],
    );
    assert.deepEqual([server, registry], [undefined, undefined]);
  });

  it("are the example's on Windows, too, published on all addresses", () => {
    assert.deepEqual(keys({}, "windows"), ["run.listen"]);
    assert.deepEqual(faults({ run: { listen: "0.0.0.0" } }, "windows"), []);
  });

  it("bring nothing of images of a user's own, unless it is said", () => {
    assert.deepEqual(settings.parse({ images: [{ name: "web" }] }).artefacts, []);
  });

  const one = { name: "web", dockerfile: "Dockerfile" };
  const web = { images: [one] };
  const registry = { address: "registry.example:5000", username: "lab" };
  const bad: Record<string, [object, string[]]> = {
    "a workspace that is not there": [{ workspace: "examples/none" }, ["workspace"]],
    "a context that is not there": [{ images: [{ ...one, context: "none" }] }, ["images[0].context"]],
    "a context above the workspace": [{ images: [{ ...one, context: "../workspace" }] }, ["images[0].context"]],
    "a Dockerfile that is not there": [{ images: [{ name: "web", context: "app" }] }, ["images[0].dockerfile"]],
    "no images": [{ images: [] }, ["images"]],
    "two images of one name": [{ images: [one, one] }, ["images[1].name"]],
    "a name that is no repository's": [{ images: [{ ...one, name: "Web" }] }, ["images[0].name"]],
    "an image after one that is not there": [{ images: [{ ...one, after: ["none"] }] }, ["images[0].after"]],
    "an image after itself": [{ images: [{ ...one, after: ["web"] }] }, ["images"]],
    "images in a circle": [
      {
        images: [
          { ...one, after: ["b"] },
          { ...one, name: "b", after: ["web"] },
        ],
      },
      ["images"],
    ],
    "an argument that the program gives": [
      { images: [{ ...one, arguments: { BUILD_ID: "1" } }] },
      ["images[0].arguments.BUILD_ID"],
    ],
    "an argument on two lines": [{ images: [{ ...one, arguments: { A: "1\n2" } }] }, ["images[0].arguments.A"]],
    "a label of the program's own": [
      { images: [{ ...one, labels: { "container-network-labs.stack": "other" } }] },
      ["images[0].labels"],
    ],
    "an artefact of no image": [{ ...web, artefacts: [{ image: "none", path: "/a" }] }, ["artefacts[0].image"]],
    "an artefact whose path begins nowhere": [
      { ...web, artefacts: [{ image: "web", path: "a" }] },
      ["artefacts[0].path"],
    ],
    "an artefact above the workspace": [
      { images: [{ ...one, check: ["true"] }], artefacts: [{ image: "web", from: "workspace", path: "../a" }] },
      ["artefacts[0].path"],
    ],
    "an artefact that no check leaves": [
      { ...web, artefacts: [{ image: "web", from: "workspace", path: "a" }] },
      ["artefacts[0].from"],
    ],
    "two artefacts of one name": [
      {
        ...web,
        artefacts: [
          { image: "web", path: "/a/x" },
          { image: "web", path: "/b/x" },
        ],
      },
      ["artefacts[1].to"],
    ],
    "an artefact within another": [
      {
        ...web,
        artefacts: [
          { image: "web", path: "/a" },
          { image: "web", path: "/b", to: "a/b" },
        ],
      },
      ["artefacts[1].to"],
    ],
    "an artefact that would leave its folder": [
      { ...web, artefacts: [{ image: "web", path: "/a", to: "../a" }] },
      ["artefacts[0].to"],
    ],
    "another image to run": [{ ...web, run: { image: "none" } }, ["run.image"]],
    "an address that the network does not have": [{ run: { address: "10.71.0.1" } }, ["run.address"]],
    "a server that is not there": [{ server: "two" }, ["server"]],
    "a registry with a scheme": [
      { registry: { ...registry, address: "https://registry.example", password: "x" } },
      ["registry.address"],
    ],
    "a registry without a password": [{ registry }, ["registry.passwordPath"]],
    "a registry with two": [
      { registry: { ...registry, password: "x", passwordPath: "package.json" } },
      ["registry.passwordPath"],
    ],
    "a password's file that is not there": [
      { registry: { ...registry, passwordPath: "none" } },
      ["registry.passwordPath"],
    ],
    "an authority's file that is not there": [
      { registry: { ...registry, password: "x", caPath: "none" } },
      ["registry.caPath"],
    ],
  };
  for (const [what, [lab, at]] of Object.entries(bad)) {
    it(`refuse ${what}`, () => assert.deepEqual(keys(lab), at));
  }

  it("do not show a password that is refused", () => {
    const told = JSON.stringify(faults({ registry: { ...registry, password: "hunter2\nhunter2" } }));
    assert.match(told, /registry\.password/);
    assert.doesNotMatch(told, /hunter2/);
  });

  it("say which images are in a circle", () => {
    const images = [
      { ...one, after: ["b"] },
      { ...one, name: "b", after: ["web"] },
    ];
    assert.equal(faults({ images })[0][1], "web → b → web");
  });
});

describe("the server of the image-builder lab", () => {
  const two: Place = {
    ...{ environment: "unit", host: "one" },
    hosts: [
      { name: "one", kind: "remote", os: "linux" },
      { name: "two", kind: "remote", os: "linux" },
      { name: "win", kind: "remote", os: "windows" },
    ],
  };
  const registry = { address: "registry.example", username: "lab", passwordPath: join(process.cwd(), "package.json") };
  const told = (lab: object) =>
    imageBuilder.faults(settings.parse(lab), "linux", two).map(({ key, allowed }) => [key, allowed]);

  it("is another than the lab's host only where a registry brings the image from one to the other", () => {
    assert.deepEqual(told({ server: "two", registry }), []);
    assert.deepEqual(told({ server: "one" }), []);
    assert.deepEqual(told({ server: "two" }), [
      ["server", '"one", the host that the image runs on, where there is no registry'],
    ]);
  });

  it("is a host that there is, of the same system", () => {
    assert.deepEqual(told({ server: "three", registry }), [["server", "a host of the environment: one, two, win"]]);
    assert.deepEqual(told({ server: "win", registry }), [["server", 'a host for linux containers, as "one" is']]);
  });
});
