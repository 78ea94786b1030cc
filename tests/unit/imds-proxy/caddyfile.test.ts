import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { caddyfile } from "../../../components/labs/imds-proxy/caddyfile";
import { settings } from "../../../components/labs/imds-proxy/settings";

const of = (given: object) => caddyfile(settings.parse(given), "linux");
const kept = (name: string) => readFileSync(join(__dirname, name), "utf8");

describe("the Caddyfile of the imds-proxy lab", () => {
  it("is as it was looked at, with default settings", () => {
    assert.equal(of({}), kept("default.caddyfile"));
  });

  it("is as it was looked at, with clients that may ask for tokens", () => {
    assert.equal(
      of({ clients: { count: 3 }, identity: { clients: ["client1", "client3"] } }),
      kept("identity.caddyfile"),
    );
  });

  it("tells clients that may ask for tokens by their addresses, however they are called and wherever they are", () => {
    const text = of({
      network: { subnet: "10.3.0.0/24" },
      clients: { name: "app", firstAddress: "10.3.0.77" },
      identity: { clients: ["app2"] },
    });
    assert.match(text, /remote_ip 10\.3\.0\.78\n/);
  });

  it("asks the service at its own address where the proxy holds the service's", () => {
    const upstreams = (given: object) => new Set([...of(given).matchAll(/reverse_proxy (\S+)/g)].map(([, to]) => to));
    assert.deepEqual(upstreams({ mode: "proxy-owns-address" }), new Set(["http://10.169.0.1:80"]));
    assert.deepEqual(upstreams({ service: "azure" }), new Set(["http://169.254.169.254:80"]));
  });

  it("adds no header to what it sends on, the Metadata header least of all", () => {
    const up = [...of({ identity: { clients: ["client1"] } }).matchAll(/header_up (\S+)/g)].map(([, name]) => name);
    const each = ["Host", "-X-Forwarded-For", "-X-Forwarded-Host", "-X-Forwarded-Proto", "-Via"];
    assert.deepEqual(up, [...each, ...each]);
  });
});
