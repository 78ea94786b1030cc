import assert from "node:assert/strict";
import { label } from "../../../components/labels";
import { wantedContainers } from "../../../tools/pool/create-options";
import { ids, instance, poolOf, wantedOf } from "./support";

function only(change: Parameters<typeof instance>[1]) {
  return wantedContainers(poolOf(instance(8090, change)), ids)[0];
}

describe("a pool's container in the engine's terms", () => {
  it("is what a single container of a lab would be", () => {
    const [{ name, hash, options, endpoints }] = wantedOf(8090);
    assert.equal(name, "app-8090");
    const { Labels, HostConfig, ...rest } = options;
    assert.deepEqual(Labels, {
      [label.stack]: "test",
      [label.lab]: "a-lab",
      [label.role]: "instance",
      [label.pool]: "app",
      [label.spec]: hash,
    });
    assert.deepEqual(JSON.parse(JSON.stringify(HostConfig)), {
      NetworkMode: "n1",
      RestartPolicy: { Name: "unless-stopped" },
      PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "8090" }] },
    });
    assert.deepEqual(JSON.parse(JSON.stringify(rest)), {
      name: "app-8090",
      Image: "sha256:i1",
      Hostname: "app-8090",
      Env: ["PORT=8090"],
      StopTimeout: 3,
      ExposedPorts: { "80/tcp": {} },
      NetworkingConfig: { EndpointsConfig: endpoints },
    });
    assert.deepEqual(endpoints, { n1: { IPAMConfig: { IPv4Address: "10.0.0.90" }, Aliases: [] } });
  });

  it("has its user, account, hosts file, command and labels", () => {
    const { options } = only({
      user: "1000:1000",
      credentialSpec: "file://webapp01.json",
      hosts: ["other:10.0.0.1"],
      command: ["serve"],
      labels: { [label.stack]: "not this", more: "1" },
    });
    assert.equal(options.User, "1000:1000");
    assert.deepEqual(options.Cmd, ["serve"]);
    assert.deepEqual(options.HostConfig?.SecurityOpt, ["credentialspec=file://webapp01.json"]);
    assert.deepEqual(options.HostConfig?.ExtraHosts, ["other:10.0.0.1"]);
    assert.equal(options.Labels?.[label.stack], "test");
    assert.equal(options.Labels?.more, "1");
  });

  it("may have several networks, and a port behind several of the host's", () => {
    const port = { address: "127.0.0.1", containerPort: 80, protocol: "tcp" } as const;
    const { options, endpoints } = only({
      endpoints: { pool2: { address: "10.0.2.1" }, pool: { address: "10.0.0.1", aliases: ["www"] } },
      ports: [
        { ...port, hostPort: 80 },
        { ...port, hostPort: 81 },
      ],
    });
    assert.deepEqual(Object.keys(endpoints), ["n2", "n1"]);
    assert.deepEqual(endpoints.n1.Aliases, ["www"]);
    assert.deepEqual(Object.keys(options.NetworkingConfig!.EndpointsConfig!), ["n2"]);
    const bindings = options.HostConfig!.PortBindings as Record<string, { HostPort: string }[]>;
    assert.deepEqual(
      bindings["80/tcp"].map(({ HostPort }) => HostPort),
      ["80", "81"],
    );
  });

  it("has the same hash as long as it is the same, whatever else the pool has", () => {
    const [, second] = wantedOf(8090, 8091);
    assert.equal(wantedOf(8091)[0].hash, second.hash);
    const changes = [
      { environment: { PORT: "8090", MORE: "1" } },
      { endpoints: { pool: { address: "10.0.0.9" } } },
      { ports: [] },
      { user: "root" },
    ];
    const hashes = [{}, ...changes].map((change) => only(change).hash);
    assert.equal(new Set(hashes).size, hashes.length);
    const rebuilt = { ...ids, images: new Map([["app:1", "sha256:i2"]]) };
    assert.notEqual(wantedContainers(poolOf(instance(8090)), rebuilt)[0].hash, hashes[0]);
  });

  it("cannot be told without the engine's ids", () => {
    assert.throws(() => only({ image: "app:2" }), /The id of image app:2 was not given/);
    assert.throws(() => only({ endpoints: { other: { address: "10.0.0.1" } } }), /The id of network other/);
  });
});
