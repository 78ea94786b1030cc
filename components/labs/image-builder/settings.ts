import { z } from "zod";
import { nthAddress } from "../../network/address";
import { labNetwork } from "../../settings/network";
import {
  dockerName,
  filePath,
  hostLabel,
  ipv4Address,
  ipv4Subnet,
  line,
  matching,
  port,
  words,
} from "../../settings/types";
import { registry } from "./registry";

export { faults } from "./faults";

const defaultSubnet = "10.70.0.0/24";

/** A path below the workspace, as both systems take it. */
const below = matching(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[A-Za-z0-9._@+/-]+$/, 200, {
  allowed: "a path below the workspace: letters, digits, . _ @ + and - between single /, without ..",
  cure: "write it as it is below the workspace, for example app/Dockerfile",
});

/** What an image is called in settings, labels and outputs, and a part of its repository's name. */
const name = matching(/^[a-z0-9]+(?:[._-][a-z0-9]+)*$/, 60, {
  allowed: "1 to 60 lower-case letters and digits, with single . _ or - between them",
  cure: "choose such a name, for example web",
});

/** Keys and values of a map, each on one line. */
function map(key: RegExp, what: { allowed: string; cure: string }) {
  return z
    .record(z.string().regex(key), z.string().regex(/^[^\r\n\0]{0,1000}$/))
    .default({})
    .register(words, { ...what, byDefault: "none" });
}

/** A file or folder inside an image, as its system writes it. */
const inside = matching(/^[^\s'"*?|<>;&$`]{1,250}$/, 250, {
  allowed: "a path without spaces, quotes and wildcards",
  cure: "write it like /srv/reports/tests.xml or, on Windows, C:\\reports\\tests.xml",
});

const image = z
  .strictObject({
    name: name.describe("Name of the image; its repository is `image-builder-` and this."),
    context: below.default(".").describe("Folder of the workspace that the build sees."),
    dockerfile: below
      .optional()
      .describe("The Dockerfile, below the workspace.")
      .register(words, { byDefault: "`Dockerfile` in the context; `Dockerfile.windows` on Windows" }),
    target: name.optional().describe("The stage to build.").register(words, { byDefault: "the last one" }),
    arguments: map(/^[A-Za-z_][A-Za-z0-9_]*$/, {
      allowed: "names of build arguments, each with a text on one line",
      cure: "write them like { VERSION: 1.2.0 }",
    }).describe("Build arguments. They end up in the image's history: no secrets."),
    labels: map(/^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/, {
      allowed: "names of labels, each with a text on one line",
      cure: "write them like { org.opencontainers.image.title: A web application }",
    }).describe("Labels of the image, besides the program's own."),
    cacheFrom: z
      .array(line)
      .default([])
      .describe("Images whose layers may be used again, besides what the engine has itself.")
      .register(words, { allowed: "a list of images", cure: "write a list, for example [registry.example/web:main]" }),
    after: z
      .array(name)
      .default([])
      .describe("Images that are built before; each is a build argument, by its name in capitals, - and . as _.")
      .register(words, { allowed: "a list of images' names", cure: "write a list, for example [runtime]" }),
    check: z
      .array(z.string().regex(/^[^\r\n\0]{1,1000}$/))
      .default([])
      .describe(
        "A command, word by word, that a container of the image runs in a copy of the workspace. If it fails, so does the " +
          "build. What it leaves in the workspace can be an artefact.",
      )
      .register(words, {
        allowed: "a list of words",
        cure: "write a list, for example [npm, test]",
        byDefault: "none",
      }),
  })
  .describe("An image to build.");

/** The workspace in examples/workspace: an interpreter, and an application on it that its own tests have passed. */
const exampleImages = [
  { name: "runtime", context: "runtime" },
  { name: "web", after: ["runtime"], check: ["python", "run_tests.py"] },
];

const artefact = z.strictObject({
  image: name.describe("The image that it is of."),
  from: z
    .enum(["image", "workspace"])
    .default("image")
    .describe("Whether it is in the image, or left in the workspace by the image's check."),
  path: inside.describe("The file or folder: inside the image, or below the workspace."),
  to: below
    .optional()
    .describe("Its name below the environment's `out/…/artefacts`.")
    .register(words, { byDefault: "the last part of its path" }),
});

const exampleArtefacts = [
  { image: "web", from: "workspace", path: "reports/tests.xml" },
  { image: "web", path: "/srv/app/web.pyz" },
] as const;

const network = labNetwork({
  name: "builder",
  type: ipv4Subnet,
  subnet: defaultSubnet,
  bridge: "builder0",
  description: "The network that the result runs on.",
});

const run = z
  .strictObject({
    image: name.optional().describe("The image that is run.").register(words, { byDefault: "the last of the list" }),
    name: dockerName.default("built-web").describe("Name of its container."),
    network,
    address: ipv4Address
      .optional()
      .describe("Address of the container.")
      .register(words, { byDefault: `\`${nthAddress(defaultSubnet, 1)}\`, the first of the subnet` }),
    listen: ipv4Address
      .default("127.0.0.1")
      .describe("Address of the host that the port listens on; 0.0.0.0 is all of them. Windows: 0.0.0.0."),
    port: port.default(8060).describe("Port of the host that leads to it."),
    containerPort: port.default(8080).describe("Port that it listens on inside its container."),
    path: matching(/^\/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*$/, 200, {
      allowed: "the path of a URL, from its first / on",
      cure: "write it like /health",
    })
      .default("/")
      .describe("What is asked for, to see that it answers."),
    contains: line
      .optional()
      .describe("Text that the answer must hold. Every build is given its id as the argument BUILD_ID.")
      .register(words, { byDefault: "the id of the image's build" }),
  })
  .transform((given) => ({ ...given, address: given.address ?? nthAddress(given.network.subnet, 1) }))
  .prefault({})
  .describe("The container that the built image runs in, on the lab's host.");

/** The lab's settings; `{}` builds the example on the lab's own host and runs it there. */
export const settings = z
  .strictObject({
    server: hostLabel
      .optional()
      .describe("Name of the host that builds.")
      .register(words, { byDefault: "the lab's own host" }),
    workspace: filePath.default("examples/workspace").describe("The folder that is built from, on this machine."),
    images: z
      .array(image)
      .min(1)
      .prefault(exampleImages)
      .describe("The images, each built once those that it names are.")
      .register(words, {
        allowed: "a list of at least one image",
        cure: "write a list, for example [{ name: web }]",
        byDefault: "the two of `examples/workspace`",
      }),
    registry: registry
      .optional()
      .describe("Where the images are pushed to, and pulled from to be run.")
      .register(words, {
        byDefault: "none: the image runs where it was built",
      }),
    artefacts: z.array(artefact).optional().describe("Files and folders that come back here.").register(words, {
      allowed: "a list of artefacts",
      cure: "write a list, for example [{ image: web, path: /srv/report.xml }]",
      byDefault: "those of the example's images, else none",
    }),
    run,
  })
  .transform((given) => ({ ...given, artefacts: given.artefacts ?? artefactsByDefault(given.images) }))
  .describe("Images built on a server from a folder of this machine, pushed, and run.");

export type ImageBuilderSettings = z.infer<typeof settings>;
export type ImageSettings = ImageBuilderSettings["images"][number];
export type ArtefactSettings = ImageBuilderSettings["artefacts"][number];

/** The example's artefacts, where its images are left as they are. */
function artefactsByDefault(images: readonly z.infer<typeof image>[]): z.infer<typeof artefact>[] {
  const asInExample = JSON.stringify(images) === JSON.stringify(z.array(image).parse(exampleImages));
  return asInExample ? exampleArtefacts.map((each) => artefact.parse(each)) : [];
}
