import assert from "node:assert/strict";
import { whatToOpen } from "../../tools/open";

const lab = (name: string) => ({ lab: name, networks: [], containers: [] });
const host = (name: string, kind: string, ...labs: string[]) => ({
  name,
  kind,
  os: "linux" as const,
  labs: labs.map(lab),
});
const on = (...hosts: ReturnType<typeof host>[]) => ({ environment: "test", hosts });

describe("what to open of an environment", () => {
  it("is at once what this machine publishes", () => {
    const labs = { web: { open: { "web page": "http://127.0.0.1:8080" } }, other: { open: {} } };
    assert.deepEqual(whatToOpen({ topology: on(host("local", "local", "web", "other")), labs }, "test"), {
      places: [{ where: "http://127.0.0.1:8080", what: "web: web page" }],
      tunnels: [],
    });
  });

  it("is at once what a server publishes for others, and through a tunnel what it publishes for itself", () => {
    const open = { page: "http://127.0.0.1:8080/index.html", api: "http://192.0.2.7:81", chat: "127.0.0.1:5000" };
    const { places, tunnels } = whatToOpen(
      { topology: on(host("one", "remote", "web")), labs: { "web-one": { open } } },
      "test",
    );
    assert.deepEqual(places, [{ where: "http://192.0.2.7:81", what: "web on one: api" }]);
    assert.deepEqual(tunnels, [
      {
        command: "ssh -F out/test/ssh/config -N -L 8080:127.0.0.1:8080 -L 5000:127.0.0.1:5000 one.test",
        places: [
          { where: "http://127.0.0.1:8080/index.html", what: "web on one: page" },
          { where: "127.0.0.1:5000", what: "web on one: chat" },
        ],
      },
    ]);
  });

  // A rehearsal's load balancer has a loopback address.
  for (const address of ["192.0.2.9", "127.77.0.1"]) {
    it(`is at the load balancer of a cloud what is opened there: ${address}`, () => atBalancer(address));
  }

  function atBalancer(address: string): void {
    const open = { opened: "http://127.0.0.1:8090/page", hidden: "http://127.0.0.1:8080" };
    const opening = { host: "labs-1", lab: "web", service: "HTTP", listen: "0.0.0.0", ports: [8090], sources: [] };
    const cloud = {
      ...{ provider: "azure" as const, rehearsed: true, region: "westeurope", resourceGroup: "g", scaleSet: "labs" },
      ...{ size: "Standard_D4ds_v5", capacity: 2, address, instances: [], openings: [opening] },
      administration: { through: "load-balancer" as const, sources: ["198.51.100.0/24"], winrm: false },
    };
    const topology = on(host("labs-1", "scale-set", "web"), host("labs-2", "scale-set", "web"));
    const { places, tunnels } = whatToOpen(
      { topology, labs: { "web-labs-1": { open }, "web-labs-2": { open } }, cloud },
      "test",
    );
    assert.deepEqual(places, [{ where: `http://${address}:8090/page`, what: "web on labs-1: opened" }]);
    assert.deepEqual(
      tunnels.map(({ places: hidden }) => hidden.map(({ what }) => what)),
      [["web on labs-1: hidden"], ["web on labs-2: opened", "web on labs-2: hidden"]],
    );
  }

  it("has another port here for what two servers publish on the same one, and one for what is there twice", () => {
    const open = { page: "http://127.0.0.1:8080", "the same": "http://127.0.0.1:8080/more" };
    const labs = { "web-one": { open }, "web-two": { open } };
    const { tunnels } = whatToOpen(
      { topology: on(host("one", "remote", "web"), host("two", "remote", "web")), labs },
      "test",
    );
    assert.deepEqual(
      tunnels.map(({ command, places }) => [command.split(" -N ")[1], ...places.map(({ where }) => where)]),
      [
        ["-L 8080:127.0.0.1:8080 one.test", "http://127.0.0.1:8080", "http://127.0.0.1:8080/more"],
        ["-L 8081:127.0.0.1:8080 two.test", "http://127.0.0.1:8081", "http://127.0.0.1:8081/more"],
      ],
    );
  });

  it("needs no right to a low port here", () => {
    const labs = { "web-one": { open: { page: "http://localhost/a", safe: "https://127.0.0.1" } } };
    const [{ command, places }] = whatToOpen({ topology: on(host("one", "remote", "web")), labs }, "test").tunnels;
    assert.match(command, /-L 8080:localhost:80 -L 8443:127\.0\.0\.1:443 /);
    assert.deepEqual(
      places.map(({ where }) => where),
      ["http://127.0.0.1:8080/a", "https://127.0.0.1:8443"],
    );
  });

  it("takes no other address for the loopback one", () => {
    const labs = { "web-one": { open: { a: "http://127.0.0.1.example.com:80", b: "http://localhosts:1" } } };
    const { places, tunnels } = whatToOpen({ topology: on(host("one", "remote", "web")), labs }, "test");
    assert.equal(places.length, 2);
    assert.deepEqual(tunnels, []);
  });
});
