import assert from "node:assert/strict";
import type { PoolData } from "../../../components/containers/container-pool";
import { LocalHost } from "../../../components/hosts/local-host";
import { appPool } from "../../../components/labs/app-pool";
import { settings } from "../../../components/labs/app-pool/settings";
import type { HostOs } from "../../../components/labs/lab";
import { registered, type Registered } from "./mocks";

async function declared(given: object = {}, os: HostOs = "linux"): Promise<Registered[]> {
  return registered(() => {
    const engine = { engine: "unix:///e.sock", baseImage: { BASE: "debian" }, lastStops: new Map<string, string>() };
    const host = new LocalHost("here", { hostName: "here", os, ...engine });
    appPool.declare("app-pool", settings.parse(given), host, new Map());
  });
}

const ofType = (found: readonly Registered[], type: string) => found.filter((each) => each.type === type);
const image = (found: readonly Registered[], name: string) =>
  ofType(found, "docker:index/remoteImage:RemoteImage").find((each) => each.name === name)?.inputs as
    { name: string; build: { buildArgs: Record<string, string>; context: string } } | undefined;
const command = (found: readonly Registered[], name: string) =>
  ofType(found, "command:local:Command").find((each) => each.name === name)?.inputs as
    Record<string, string> | undefined;
const pool = (found: readonly Registered[]) =>
  JSON.parse(command(found, "app-pool-app-pool-pool-containers")!.stdin) as PoolData;

describe("the app-pool lab", () => {
  it("builds its image in two steps, the second on the first", async () => {
    const found = await declared();
    const dbase = image(found, "app-pool-dbase-image")!;
    const app = image(found, "app-pool-app-image")!;
    assert.deepEqual(dbase.build.buildArgs, { BASE: "debian" });
    assert.deepEqual(app.build.buildArgs, { BASE: dbase.name });
    assert.notEqual(dbase.build.context, app.build.context);
  });

  it("makes both images anew when the product goes elsewhere, and tells the instances", async () => {
    const [before, after] = [await declared(), await declared({ environment: { SSROOT: "/srv/dbase" } })];
    assert.equal(image(after, "app-pool-dbase-image")!.build.buildArgs.SSROOT, "/srv/dbase");
    for (const name of ["app-pool-dbase-image", "app-pool-app-image"]) {
      assert.notEqual(image(after, name)!.name, image(before, name)!.name);
    }
    assert.equal(pool(after).instances["app-8090"].environment!.SSROOT, "/srv/dbase");
    assert.equal(pool(before).instances["app-8090"].environment!.SSROOT, undefined);
  });

  it("declares its instances as one resource, each told its name and its port", async () => {
    const found = await declared({ count: 3 });
    assert.deepEqual(ofType(found, "docker:index/container:Container"), []);
    const { instances } = pool(found);
    assert.deepEqual(Object.keys(instances), ["app-8090", "app-8091", "app-8092"]);
    assert.deepEqual(instances["app-8091"].environment, { INSTANCE: "app-8091", PORT: "8091" });
    assert.equal(instances["app-8091"].user, undefined);
  });

  it("says whom the instances run as, on each system in its way", async () => {
    const user = async (given: object) => pool(await declared(given)).instances["app-8090"].user;
    assert.equal(await user({ user: 1000 }), "1000");
    assert.equal(await user({ user: "www-data", group: 99 }), "www-data:99");
    const account = { listen: "0.0.0.0", credentialSpec: "file://webapp01.json" };
    assert.equal(pool(await declared(account, "windows")).instances["app-8090"].credentialSpec, "file://webapp01.json");
  });

  it("has a front door only where it is asked for, which knows every instance's address", async () => {
    assert.equal(image(await declared(), "app-pool-front-door-image"), undefined);
    const found = await declared({ count: 2, frontDoor: { enabled: true } });
    const [door] = ofType(found, "docker:index/container:Container");
    const [{ content, file }] = door.inputs.uploads as { content: string; file: string }[];
    assert.equal(file, "/etc/caddy/Caddyfile");
    assert.deepEqual(content.match(/to .*/g), ["to 10.90.0.91:80", "to 10.90.0.92:80"]);
  });

  it("opens the host's firewall only where it is asked for, for what others can reach", async () => {
    const openings = { enabled: true, sources: ["192.0.2.0/24"] };
    const name = "app-pool-openings";
    assert.equal(command(await declared({ listen: "0.0.0.0" }), name), undefined);
    assert.equal(
      command(await declared({ listen: "0.0.0.0", openings: { ...openings, enabled: false } }), name),
      undefined,
    );
    const frontDoor = { enabled: true };
    const { stdin } = command(await declared({ listen: "0.0.0.0", frontDoor, openings }), name)!;
    assert.match(stdin, /tcp dport 8090-8094 ip saddr != \{ 192\.0\.2\.0\/24 \} drop/);
    assert.doesNotMatch(stdin, /8089/);
    const all = { openings, listen: "0.0.0.0", without: 8092, frontDoor: { enabled: true, listen: "192.0.2.1" } };
    const { stdin: more } = command(await declared(all), name)!;
    for (const rule of ["tcp dport 8090-8091", "tcp dport 8093-8094", "ip daddr 192.0.2.1 tcp dport 8089"]) {
      assert.ok(more.includes(rule), rule);
    }
  });

  it("keeps its ports to their sources before anything listens on them", async () => {
    const openings = { enabled: true, sources: ["192.0.2.0/24"] };
    const found = await declared({ listen: "0.0.0.0", frontDoor: { enabled: true }, openings });
    const at = (wanted: RegExp) => found.findIndex(({ type, name }) => wanted.test(`${type} ${name}`));
    const rule = at(/^command:.* app-pool-openings$/);
    assert.ok(rule >= 0);
    for (const later of [
      /^docker:.*Container app-pool-front-door$/,
      /^command:.*-claim-/,
      /^command:.*-pool-containers$/,
    ]) {
      assert.ok(at(later) > rule, String(later));
    }
  });

  it("has its front door on Windows start from the image that its Dockerfile names", async () => {
    const found = await declared({ listen: "0.0.0.0", frontDoor: { enabled: true, listen: "0.0.0.0" } }, "windows");
    assert.equal(image(found, "app-pool-front-door-image")!.build.buildArgs.BASE, undefined);
    assert.deepEqual(Object.keys(image(found, "app-pool-app-image")!.build.buildArgs), ["BASE"]);
  });
});
