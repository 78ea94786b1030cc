import assert from "node:assert/strict";
import fc from "fast-check";
import { caddyfile } from "../../../components/labs/app-pool/caddyfile";
import { expectations } from "../../../components/labs/app-pool/expectations";
import { instancesOf, places } from "../../../components/labs/app-pool/instances";
import { settings } from "../../../components/labs/app-pool/settings";
import { topology } from "../../../components/labs/app-pool/topology";

const instances = (given: object) => instancesOf(settings.parse(given));
const byName = (given: object) => new Map(instances(given).map((each) => [each.name, each]));
const spec = (given: object, os: "linux" | "windows" = "linux") => topology(settings.parse(given), os);

describe("the instances of a pool", () => {
  it("have a name and an address that follow from their port", () => {
    const shown = instances({}).map(({ name, address }) => `${name} ${address}`);
    assert.deepEqual(shown, [
      "app-8090 10.90.0.91",
      "app-8091 10.90.0.92",
      "app-8092 10.90.0.93",
      "app-8093 10.90.0.94",
      "app-8094 10.90.0.95",
    ]);
  });

  it("keep all that they are when others come and go", () => {
    const port = fc.integer({ min: 8000, max: 8999 });
    fc.assert(
      fc.property(fc.uniqueArray(port, { minLength: 1 }), fc.uniqueArray(port), (some, more) => {
        const before = byName({ ports: some });
        const after = byName({ ports: [...new Set([...more, ...some])] });
        for (const [name, instance] of before) {
          assert.deepEqual(after.get(name), instance);
        }
      }),
    );
  });

  it("leave a port empty by its number and by the name, and take no other for it", () => {
    const all = byName({ count: 8 });
    for (const without of [8092, "8092-8092", [8092], "app-8092", ["app-8092"]]) {
      const some = byName({ count: 8, without });
      assert.deepEqual(
        [...all.keys()].filter((name) => !some.has(name)),
        ["app-8092"],
      );
    }
    assert.deepEqual(
      [...byName({ count: 8, without: ["8091-8093", "app-8096"] }).keys()],
      ["app-8090", "app-8094", "app-8095", "app-8097"],
    );
  });

  it("have each an address of its own in a row of as many ports as there are places", () => {
    for (const [subnet, count] of [
      ["10.90.0.0/22", 1000],
      ["10.90.0.0/16", 1000],
      ["10.90.0.0/23", 500],
      ["10.90.0.0/24", 252],
      ["10.90.0.0/29", 4],
    ] as const) {
      const addresses = instances({ count, firstPort: 8090, network: { subnet } }).map(({ address }) => address);
      assert.equal(new Set(addresses).size, count, subnet);
    }
    assert.equal(places("10.90.0.0/30")(8090).place, 0);
  });
});

describe("the app-pool lab's topology", () => {
  it("has the instances in a pool, each on its port of the host", () => {
    const { networks, containers } = spec({});
    assert.deepEqual(networks, [
      { name: "pool", subnet: "10.90.0.0/23", gateway: "10.90.1.254", bridge: "pool0", setting: "network" },
    ]);
    assert.deepEqual(new Set(containers.map(({ pool }) => pool)), new Set(["app-pool"]));
    assert.deepEqual(containers[0].ports, [
      { address: "127.0.0.1", hostPort: 8090, containerPort: 80, protocol: "tcp", setting: "ports" },
    ]);
  });

  it("spreads a thousand over two networks, with the front door on both", () => {
    const { networks, containers } = spec({ count: 1000, frontDoor: { enabled: true } });
    assert.deepEqual(
      networks.map(({ name, subnet, gateway, bridge }) => [name, subnet, gateway, bridge]),
      [
        ["pool", "10.90.0.0/23", "10.90.1.254", "pool0"],
        ["pool2", "10.90.2.0/23", "10.90.3.254", "pool02"],
      ],
    );
    const on = (name: string) =>
      containers.filter(({ pool, endpoints }) => pool !== undefined && endpoints[0].network === name).length;
    assert.deepEqual([on("pool"), on("pool2")], [500, 500]);
    const door = containers.find(({ role }) => role === "front-door")!;
    assert.deepEqual(
      door.endpoints.map(({ network, address }) => [network, address]),
      [
        ["pool", "10.90.1.253"],
        ["pool2", "10.90.3.253"],
      ],
    );
    assert.equal(door.pool, undefined);
  });

  it("never moves an instance to another network as the pool grows", () => {
    const placed = (count: number) =>
      new Map(
        spec({ count }).containers.map(({ name, endpoints: [{ network, address }] }) => [name, { network, address }]),
      );
    const [few, many] = [placed(5), placed(1000)];
    for (const [name, place] of few) {
      assert.deepEqual(many.get(name), place);
    }
  });

  it("is one network on Windows, with the same addresses", () => {
    const linux = spec({ count: 1000 }).containers.map(({ endpoints }) => endpoints[0].address);
    const { networks, containers } = spec({ count: 1000 }, "windows");
    assert.deepEqual(
      networks.map(({ subnet, gateway, bridge }) => [subnet, gateway, bridge]),
      [["10.90.0.0/22", "10.90.3.254", undefined]],
    );
    assert.deepEqual(
      containers.map(({ endpoints }) => endpoints[0].address),
      linux,
    );
    assert.ok(containers.every(({ endpoints }) => endpoints[0].network === "pool"));
  });

  it("has a network even without instances", () => {
    const { networks, containers } = spec({ count: 0, frontDoor: { enabled: true } });
    assert.deepEqual([networks.length, containers.length], [1, 1]);
  });
});

describe("what is expected of the app-pool lab", () => {
  const stated = (given: object) => expectations(settings.parse(given), "linux");

  it("is each instance's own name on its port, as a whole heading", () => {
    const answers = stated({}).flatMap((each) => (each.kind === "answer" ? [each] : []));
    assert.deepEqual(
      answers.map(({ url, contains }) => [url, contains]),
      [8090, 8091, 8092, 8093, 8094].map((port) => [`http://127.0.0.1:${port}/`, `<h1>app-${port}</h1>`]),
    );
  });

  it("is silence on the empty ports and the next one, while an instance's answers", () => {
    const silent = (given: object) =>
      stated(given).flatMap((each) => (each.kind === "no-reach" ? [[each.to.port, each.control.port]] : []));
    assert.deepEqual(silent({ without: [8090, 8092] }), [
      [8090, 8091],
      [8092, 8091],
      [8095, 8091],
    ]);
    assert.deepEqual(silent({ frontDoor: { enabled: true, port: 8095 } }), []);
    assert.deepEqual(silent({ count: 0 }), []);
  });

  it("is asked for at loopback where the ports listen on all addresses, and else where they listen", () => {
    const urls = (listen: string) => stated({ listen }).flatMap((each) => (each.kind === "answer" ? [each.url] : []));
    assert.equal(urls("0.0.0.0")[0], "http://127.0.0.1:8090/");
    assert.equal(urls("192.0.2.1")[0], "http://192.0.2.1:8090/");
  });
});

describe("the front door's configuration", () => {
  it("names each instance, and asks for its health", () => {
    const text = caddyfile(80, ["10.0.0.1:80", "10.0.0.2:80"]);
    assert.deepEqual(text.match(/\tto .*/g), ["\tto 10.0.0.1:80", "\tto 10.0.0.2:80"]);
    assert.match(text, /health_uri \/health\n/);
    assert.match(text, /^:80 \{/m);
  });

  it("says that there is nobody to ask where there is nobody", () => {
    assert.match(caddyfile(80, []), /respond ".*" 503/);
    assert.doesNotMatch(caddyfile(80, []), /reverse_proxy/);
  });
});
