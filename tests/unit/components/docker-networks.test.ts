import assert from "node:assert/strict";
import { LocalHost } from "../../../components/hosts/local-host";
import { dockerNetworks } from "../../../components/labs/docker-networks";
import { settings } from "../../../components/labs/docker-networks/settings";
import type { HostOs } from "../../../components/labs/lab";
import { registered, type Registered } from "./mocks";
import { alone } from "./place";

/** What the stack file for Windows says, as far as addresses go. */
const onWindows = {
  web: {
    server: { address: "192.168.1.101", listen: "0.0.0.0" },
    byAlias: { address: "192.168.1.102" },
    byHostsEntry: { address: "192.168.1.103" },
  },
};

async function declared(os: HostOs, given: object = {}): Promise<Registered[]> {
  return registered(() => {
    const host = new LocalHost("here", {
      hostName: "here",
      os,
      engine: "unix:///e.sock",
      baseImage: {},
      lastStops: new Map(),
    });
    dockerNetworks.declare("docker-networks", settings.parse(given), host, new Map());
  });
}

function namesOf(found: readonly Registered[], type: string): unknown[] {
  return found.filter((each) => each.type === type).map(({ inputs }) => inputs.name);
}

describe("the docker-networks lab", () => {
  it("declares the document's networks and containers on Linux", async () => {
    const found = await declared("linux");
    assert.deepEqual(namesOf(found, "docker:index/network:Network").sort(), ["chat", "web"]);
    assert.deepEqual(namesOf(found, "docker:index/container:Container").sort(), [
      "chat-alice",
      "chat-bob",
      "chat-server",
      "container1",
      "container2",
      "container3",
      "my-server",
    ]);
    assert.equal(found.filter(({ type }) => type === "docker:index/remoteImage:RemoteImage").length, 2);
  });

  it("tells each container of the chat what to run", async () => {
    const found = await declared("linux", { chat: { server: { port: 6000 }, clients: { count: 3 } } });
    const commands: Record<string, string> = Object.fromEntries(
      found
        .filter(({ type, inputs }) => type === "docker:index/container:Container" && "command" in inputs)
        .map(({ inputs }) => [inputs.name as string, (inputs.command as string[]).join(" ")]),
    );
    assert.deepEqual(commands, {
      "chat-server": "python3 server.py --host 192.168.1.1 --port 6000",
      "chat-alice": "python3 client.py 192.168.1.1 --port 6000 --name Alice --say I am Alice",
      "chat-bob": "python3 client.py 192.168.1.1 --port 6000 --name Bob --say I am Bob",
      "chat-client3": "python3 client.py 192.168.1.1 --port 6000 --name Client3 --say I am Client3",
      container1: "sleep infinity",
      container2: "sleep infinity",
      container3: "sleep infinity",
    });
  });

  it("declares one nat network on Windows, from Windows Dockerfiles", async () => {
    const found = await declared("windows", onWindows);
    assert.deepEqual(namesOf(found, "docker:index/network:Network"), ["chat"]);
    const images = found.filter(({ type }) => type === "docker:index/remoteImage:RemoteImage");
    assert.deepEqual(
      images.map(({ inputs }) => (inputs.build as { dockerfile: string }).dockerfile),
      ["Dockerfile.windows", "Dockerfile.windows"],
    );
    const web = found.find(({ type, inputs }) => type.includes("Container") && inputs.name === "my-server")!;
    assert.deepEqual(web.inputs.networksAdvanced, [
      { name: "id-of-docker-networks-chat", ipv4Address: "192.168.1.101", aliases: ["server"] },
    ]);
  });

  it("gives every custom resource a component as its parent, so that none falls back on a default provider", async () => {
    const found = await declared("linux");
    assert.ok(found.every(({ type, provider }) => !type.startsWith("docker:") || provider?.includes("here-docker")));
  });

  it("expects the two halves to be apart on Linux, and says nothing of it on Windows", () => {
    const kinds = (os: HostOs, given: object) =>
      dockerNetworks.expectations(settings.parse(given), os, alone(os)).map(({ kind }) => kind);
    assert.equal(kinds("linux", {}).filter((kind) => kind === "no-reach").length, 2);
    assert.equal(kinds("windows", onWindows).filter((kind) => kind === "no-reach").length, 0);
    assert.equal(kinds("windows", onWindows).length, 22 - 3);
  });

  it("expects less of a chat without clients", () => {
    const none = settings.parse({ chat: { clients: { count: 0 } } });
    const about = dockerNetworks.expectations(none, "linux", alone()).map(({ kind, name }) => `${kind}: ${name}`);
    assert.deepEqual(
      about.filter((each) => /^log|Alice/.test(each)),
      [],
    );
  });
});
