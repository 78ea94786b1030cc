import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostListeners } from "../../../components/hosts/listeners";

const title = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const line = (local: string, state: string, inode: number) =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0`;

describe("what listens on the host", () => {
  let proc: string;
  const told = () => hostListeners(proc).map(({ protocol, address, hostPort }) => `${protocol} ${address}:${hostPort}`);
  const table = (name: string, ...lines: string[]) =>
    writeFileSync(join(proc, "net", name), [title, ...lines, ""].join("\n"));

  beforeEach(() => {
    proc = mkdtempSync(join(tmpdir(), "proc-"));
    mkdirSync(join(proc, "net"));
  });
  afterEach(() => rmSync(proc, { recursive: true }));

  it("is nothing where the kernel does not tell", () => {
    assert.deepEqual(hostListeners(join(proc, "none")), []);
  });

  it("is what waits for connections, on TCP and UDP, and no connection", () => {
    table("tcp", line("0100007F:1F90", "0A", 1), line("0100007F:1F91", "01", 2), line("00000000:0016", "0A", 3));
    table("udp", line("0100007F:0035", "07", 4), line("0100007F:0036", "01", 5));
    assert.deepEqual(told(), ["tcp 127.0.0.1:8080", "tcp 0.0.0.0:22", "udp 127.0.0.1:53"]);
  });

  it("has IPv6's listeners as far as they take IPv4's connections", () => {
    const [any, mapped, loopback] = ["0".repeat(32), "0000000000000000FFFF00000100007F", `${"0".repeat(24)}01000000`];
    table("tcp6", line(`${any}:1F90`, "0A", 1), line(`${mapped}:1F91`, "0A", 2), line(`${loopback}:1F92`, "0A", 3));
    assert.deepEqual(told(), ["tcp 0.0.0.0:8080", "tcp 127.0.0.1:8081"]);
  });

  it("tells who has it, if it may see that", () => {
    table("tcp", line("0100007F:1F90", "0A", 17), line("0100007F:1F91", "0A", 18));
    mkdirSync(join(proc, "4711", "fd"), { recursive: true });
    mkdirSync(join(proc, "4712"));
    writeFileSync(join(proc, "4711", "comm"), "nginx\n");
    symlinkSync("socket:[17]", join(proc, "4711", "fd", "3"));
    assert.deepEqual(
      hostListeners(proc).map((each) => each.owner()),
      ["nginx (process 4711)", undefined],
    );
  });

  it("is on this machine what does listen", async function () {
    if (process.platform !== "linux") {
      this.skip();
    }
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const found = hostListeners().find(({ hostPort, protocol }) => hostPort === port && protocol === "tcp");
    const owner = found?.owner();
    server.close();
    assert.equal(found?.address, "127.0.0.1");
    assert.match(owner ?? "", new RegExp(`^\\S.* \\(process ${process.pid}\\)$`));
  });
});
