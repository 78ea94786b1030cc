import assert from "node:assert/strict";
import { withPlainTraces } from "../../../components/plain-traces";

describe("plain traces", () => {
  const before = Error.prepareStackTrace;
  afterEach(() => {
    Error.prepareStackTrace = before;
  });

  it("maps no trace while the program runs", async () => {
    let asked = 0;
    Error.prepareStackTrace = () => String(++asked);
    await withPlainTraces(async () => new Error("one of many").stack);
    assert.equal(asked, 0);
  });

  it("maps the trace of the error that ends it", async () => {
    Error.prepareStackTrace = () => "mapped to the sources";
    const failing = withPlainTraces(async () => {
      throw new Error("the one that matters");
    });
    await assert.rejects(failing, { stack: "mapped to the sources" });
  });
});
