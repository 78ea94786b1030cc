import { writePictures } from "../../../tools/graph";
import { dockerNetworksSample, reportOn, crowdedSample } from "./support";
(async () => {
  for (const [n, s] of [
    ["dn", dockerNetworksSample()],
    ["crowd", crowdedSample()],
  ] as const) {
    const t = performance.now();
    let k = 0;
    const r = reportOn(s, () => (n === "dn" ? "pass" : (["pass", "pass", "fail", "pass", "error"] as const)[k++ % 5]!));
    await writePictures("/tmp/pics/" + n, s.topology, s.expectations, r);
    const u = performance.now();
    await writePictures("/tmp/pics/" + n, s.topology, s.expectations, r);
    console.log(n, u - t, performance.now() - u);
  }
})();
