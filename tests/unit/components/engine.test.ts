import assert from "node:assert/strict";
import { publishedPorts } from "../../../components/hosts/engine";

describe("ports as the Docker client lists them", () => {
  const cases: Record<string, ReturnType<typeof publishedPorts>> = {
    "": [],
    "443/tcp": [],
    "127.0.0.1:8080->80/tcp": [{ address: "127.0.0.1", hostPort: 8080, protocol: "tcp" }],
    "0.0.0.0:53->53/udp, :::53->53/udp": [
      { address: "0.0.0.0", hostPort: 53, protocol: "udp" },
      { address: "0.0.0.0", hostPort: 53, protocol: "udp" },
    ],
    "[::]:81->80/tcp, 443/tcp": [{ address: "0.0.0.0", hostPort: 81, protocol: "tcp" }],
    "0.0.0.0:90-92->90-92/tcp": [90, 91, 92].map((hostPort) => ({ address: "0.0.0.0", hostPort, protocol: "tcp" })),
  };
  for (const [listed, expected] of Object.entries(cases)) {
    it(listed || "none", () => assert.deepEqual(publishedPorts(listed), expected));
  }
});
