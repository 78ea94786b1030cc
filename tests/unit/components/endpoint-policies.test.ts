import assert from "node:assert/strict";
import { LocalHost } from "../../../components/hosts/local-host";
import { endpointPolicies } from "../../../components/labs/endpoint-policies";
import { settings } from "../../../components/labs/endpoint-policies/settings";
import type { HostOs } from "../../../components/labs/lab";
import { registered, type Registered } from "./mocks";

async function declared(given: object = {}, os: HostOs = "linux"): Promise<Registered[]> {
  return registered(() => {
    const engine = { engine: "unix:///e.sock", baseImage: { BASE: "debian" }, lastStops: new Map<string, string>() };
    const host = new LocalHost("here", { hostName: "here", os, ...engine });
    endpointPolicies.declare("endpoint-policies", settings.parse(given), host, new Map());
  });
}

const ofType = (found: readonly Registered[], type: string) => found.filter((each) => each.type === type);
const commandsOf = (found: readonly Registered[]) => ofType(found, "command:local:Command");
const stdinOf = (found: readonly Registered[]) => commandsOf(found).map(({ inputs }) => inputs.stdin as string);

describe("the endpoint-policies lab", () => {
  it("declares three web servers on one network, with addresses of their own", async () => {
    const found = await declared();
    assert.deepEqual(
      ofType(found, "docker:index/network:Network").map(({ inputs }) => [inputs.name, inputs.ipamConfigs]),
      [["policies", [{ subnet: "10.80.0.0/24", gateway: "10.80.0.254" }]]],
    );
    const containers = ofType(found, "docker:index/container:Container");
    assert.deepEqual(containers.map(({ inputs }) => inputs.name).sort(), [
      "policy-client",
      "policy-neighbour",
      "policy-server",
    ]);
    for (const { inputs } of containers) {
      assert.deepEqual([inputs.image, inputs.ports], ["sha256:endpoint-policies-web-image", []]);
    }
  });

  it("builds its image on the toolbox", async () => {
    const images = ofType(await declared(), "docker:index/remoteImage:RemoteImage");
    const [toolbox, web] = ["here-toolbox", "endpoint-policies-web-image"].map(
      (name) => images.find((each) => each.name === name)!.inputs as { name: string; build: Record<string, unknown> },
    );
    assert.deepEqual(web.build.buildArgs, { BASE: toolbox.name });
    assert.equal(web.build.context, "components/labs/endpoint-policies/images/web");
  });

  it("applies rules where there are some, and nowhere else", async () => {
    const names = async (given: object) => commandsOf(await declared(given)).map(({ name }) => name);
    assert.deepEqual(await names({}), ["endpoint-policies-policy-server-policies-acl"]);
    assert.deepEqual(await names({ policies: { server: [] } }), []);
    const everywhere = { client: [{ direction: "In", priority: 1 }], neighbour: [{ direction: "Out", priority: 1 }] };
    assert.equal((await names({ policies: everywhere })).length, 3);
  });

  it("changes the data of one command, and nothing else, with the state", async () => {
    const [blocked, allowed] = [await declared(), await declared({ state: "allowed" })];
    const different = blocked.filter((each, i) => JSON.stringify(each) !== JSON.stringify(allowed[i]));
    assert.deepEqual(
      different.map(({ name }) => name),
      ["endpoint-policies-policy-server-policies-acl"],
    );
    const [[before], [after]] = [stdinOf(blocked), stdinOf(allowed)];
    assert.match(before, /tcp dport 80 drop comment \\"In:100\\"/);
    assert.match(after, /tcp dport 80 accept comment \\"In:100\\"/);
  });

  it("declares nothing on Windows that only Linux knows", async () => {
    const { networks } = endpointPolicies.topology(settings.parse({}), "windows");
    assert.deepEqual([networks[0].bridge, networks[0].ipRange], [undefined, undefined]);
  });

  it("leads out of no port of the host", () => {
    for (const os of ["linux", "windows"] as const) {
      const { containers } = endpointPolicies.topology(settings.parse({}), os);
      assert.deepEqual(
        containers.flatMap(({ ports }) => ports),
        [],
      );
    }
  });
});
