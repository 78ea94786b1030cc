import assert from "node:assert/strict";
import { join } from "node:path";
import { stringify } from "yaml";
import { UserError } from "../../../tools/command";
import { refuseOpenState } from "../../../tools/open-state";
import { FakeMachine } from "./support";

describe("the state of an environment in a cloud", () => {
  let machine: FakeMachine;
  beforeEach(() => (machine = new FakeMachine()));
  afterEach(() => machine.remove());

  const files = "file:///home/me/state";
  const scaleSet = { kind: "scale-set", administration: { sources: ["198.51.100.7/32"] } };
  const refuse = (hosts: object, passphrase: string | undefined, backend: string | undefined, more: object = {}) => {
    const stack = { config: { "container-network-labs:hosts": hosts }, ...more };
    machine.file(join(machine.project, "stacks", "Pulumi.cloud.yaml"), stringify(stack));
    refuseOpenState(machine, "cloud", {
      env: passphrase === undefined ? {} : { PULUMI_CONFIG_PASSPHRASE: passphrase },
      backend,
    });
  };

  for (const backend of [files, "s3://bucket"]) {
    it(`is sealed by no empty passphrase: ${backend}`, () => {
      assert.throws(
        () => refuse(scaleSet, "", backend),
        (error) =>
          error instanceof UserError && /private keys .* passphrase is empty\. Nothing was changed/.test(error.message),
      );
    });
  }

  it("may be sealed by a passphrase, by Pulumi Cloud or by a key vault", () => {
    refuse(scaleSet, "mine", files);
    refuse(scaleSet, undefined, files);
    refuse(scaleSet, "", "https://api.pulumi.com");
    refuse(scaleSet, "", files, { secretsprovider: "azurekeyvault://labs.vault.azure.net/keys/state" });
  });

  it("may be open where there is no such key, or where it is of use to nobody", () => {
    refuse({ kind: "local" }, "", files);
    refuse({ ...scaleSet, rehearsed: true }, "", files);
  });
});
