import assert from "node:assert/strict";
import { join } from "node:path";
import { ensureClients } from "../../../tools/setup/clients";
import { FakeMachine, recordedProgress } from "./support";

describe("the clients that reach servers", () => {
  let machine: FakeMachine;
  beforeEach(() => {
    machine = new FakeMachine();
    machine.env.PATH = machine.bin;
  });
  afterEach(() => machine.remove());

  const ensure = () => ensureClients(recordedProgress(machine).progress, machine);

  it("are those on PATH", async () => {
    ["docker", "ssh"].forEach((name) => machine.program(join(machine.bin, name)));
    await ensure();
    assert.deepEqual(machine.calls(), []);
  });

  it("are asked for by name where they can't be installed", async () => {
    machine.program(join(machine.bin, "docker"));
    await assert.rejects(ensure(), /^UserError: Servers are reached by ssh, which is not on PATH/);
  });
});
