import assert from "node:assert/strict";
import { LocalHost } from "../../../components/hosts/local-host";
import { imdsProxy } from "../../../components/labs/imds-proxy";
import { settings } from "../../../components/labs/imds-proxy/settings";
import type { Lab } from "../../../components/labs/lab";
import { registered, type Registered } from "./mocks";

async function declared(given: object = {}, look: (lab: Lab) => void = () => undefined): Promise<Registered[]> {
  return registered(() => {
    const engine = { engine: "unix:///e.sock", baseImage: { BASE: "debian" }, lastStops: new Map<string, string>() };
    const host = new LocalHost("here", { hostName: "here", os: "linux", ...engine });
    look(imdsProxy.declare("imds-proxy", settings.parse(given), host, new Map()));
  });
}

const ofType = (found: readonly Registered[], type: string) => found.filter((each) => each.type === type);
const containersOf = (found: readonly Registered[]) => ofType(found, "docker:index/container:Container");
const commandsOf = (found: readonly Registered[]) => ofType(found, "command:local:Command");

describe("the imds-proxy lab", () => {
  it("declares the document's containers, with its labels and its variable", async () => {
    const containers = containersOf(await declared());
    const shown = containers.map(({ inputs }) => {
      const labels = (inputs.labels as { label: string }[]).map(({ label }) => label);
      const own = labels.filter((label) => !label.startsWith("container-network-labs."));
      return [inputs.name, ...own, ...(inputs.envs as string[])].join(" ");
    });
    assert.deepEqual(shown.sort(), [
      "client1 ClientContainer IMSProxyIpAddress=10.169.0.2",
      "client2 ClientContainer IMSProxyIpAddress=10.169.0.2",
      "imds",
      "outsider",
      "proxy MSIProxyContainer",
    ]);
  });

  it("puts all of them on one network without a way out, and publishes nothing", async () => {
    const found = await declared();
    const [network, ...others] = ofType(found, "docker:index/network:Network");
    const ipam = network.inputs.ipamConfigs as { auxAddress: object }[];
    assert.deepEqual([network.inputs.name, others], ["imds", []]);
    assert.deepEqual(ipam[0].auxAddress, { DefaultGatewayIPv4: "10.169.0.253" });
    assert.ok(containersOf(found).every(({ inputs }) => (inputs.ports as unknown[]).length === 0));
  });

  it("builds its images on the toolbox, which clients and the outsider run as it is", async () => {
    const found = await declared();
    const images = ofType(found, "docker:index/remoteImage:RemoteImage");
    const toolbox = images.find(({ name }) => name === "here-toolbox")!.inputs.name as string;
    const own = images.filter(({ name }) => name !== "here-toolbox");
    assert.deepEqual(
      own.map(({ name, inputs }) => [name, (inputs.build as { buildArgs: object }).buildArgs]),
      [
        ["imds-proxy-proxy-image", { BASE: toolbox }],
        ["imds-proxy-imds-image", { BASE: toolbox }],
      ],
    );
    const byName = Object.fromEntries(containersOf(found).map(({ inputs }) => [inputs.name as string, inputs.image]));
    assert.deepEqual(byName, {
      imds: "sha256:imds-proxy-imds-image",
      proxy: "sha256:imds-proxy-proxy-image",
      client1: "sha256:here-toolbox",
      client2: "sha256:here-toolbox",
      outsider: "sha256:here-toolbox",
    });
  });

  it("hands the proxy its configuration and the stand-in its answer before they start", async () => {
    const found = await declared({ metadata: { location: "westeurope" } });
    const uploads = containersOf(found).flatMap(({ inputs }) => (inputs.uploads ?? []) as Record<string, string>[]);
    const files = Object.fromEntries(uploads.map(({ file, content }) => [file, content]));
    assert.deepEqual(Object.keys(files).sort(), ["/etc/caddy/Caddyfile", "/etc/imds/instance.json"]);
    assert.match(files["/etc/caddy/Caddyfile"], /reverse_proxy http:\/\/169\.254\.169\.254:80/);
    const { compute } = JSON.parse(files["/etc/imds/instance.json"]) as { compute: { location: string } };
    assert.equal(compute.location, "westeurope");
  });

  it("wires each stack with one command, and each ACL with one", async () => {
    const names = async (given: object) =>
      commandsOf(await declared(given)).map(({ name }) => name.replace(/^imds-proxy-/, ""));
    assert.deepEqual((await names({})).sort(), [
      "client1-stack",
      "client2-stack",
      "imds-imds-acl",
      "imds-stack",
      "outsider-stack",
      "proxy-imds-acl",
      "proxy-stack",
    ]);
    assert.deepEqual((await names({ service: "azure", clients: { count: 0 } })).sort(), [
      "outsider-stack",
      "proxy-imds-acl",
      "proxy-stack",
    ]);
  });

  it("adds a client without touching what is there but the proxy's ACL", async () => {
    const text = (each: Registered) => JSON.stringify(each);
    const before = new Set((await declared()).map(text));
    const added = (await declared({ clients: { count: 3 } })).filter((each) => !before.has(text(each)));
    const outside = added.filter(({ name, inputs }) => !name.includes("client3") && Object.keys(inputs).length > 0);
    assert.deepEqual(
      outside.filter(({ type }) => !type.startsWith("container-network-labs:")).map(({ name }) => name),
      ["imds-proxy-proxy-imds-acl"],
    );
  });

  it("says where everything is and what to try", async () => {
    let lab: Lab | undefined;
    await declared({ clients: { count: 1 } }, (each) => (lab = each));
    assert.deepEqual(lab!.outputs, {
      proxy: "10.169.0.2:80",
      service: "10.169.0.1, the stand-in",
      clients: { client1: "10.169.0.4" },
      try: [
        "docker exec client1 curl --silent --header Metadata:true " +
          '"http://169.254.169.254/metadata/instance?api-version=2017-04-02"',
      ],
    });
    assert.deepEqual([lab!.open, lab!.containers.length], [{}, 4]);
  });
});
