import { equal, match, ok } from "node:assert/strict";
import { toMermaid } from "../../../tools/graph/mermaid";
import { pictureOf } from "../../../tools/graph/picture";
import { crowdedSample, dockerNetworksSample, hostileSample, reportOn } from "./support";

describe("Mermaid", () => {
  it("tells the docker-networks lab", () => {
    const { topology, expectations } = dockerNetworksSample();
    equal(toMermaid(pictureOf({ topology, expectations })), dockerNetworks);
  });

  it("marks what was proved", () => {
    const sample = dockerNetworksSample();
    const report = reportOn(sample, ({ kind }) => (kind === "no-reach" ? "fail" : kind === "reach" ? "error" : "pass"));
    const text = toMermaid(pictureOf(sample, report));
    match(text, /h0s1c0 -->\|"\? tcp 5000"\| h0s0c0/);
    match(text, /h0s4c0 -\.-x\|"✗ not tcp 5000"\| h0s0c0/);
    match(text, /h0s4c0 -->\|"✓ finds server \(DNS\)<br\/>✓ http:\/\/server\/"\| h0s3c0/);
  });

  it("draws many containers of one role as one", () => {
    const { topology, expectations } = crowdedSample();
    const text = toMermaid(pictureOf({ topology, expectations }));
    match(text, /<b>east-app-0 … east-app-999 ×1000<\/b>/);
    match(text, /"tcp 80 ×1000"/);
    ok(text.split("\n").length < 150);
  });

  it("lets no name be more than text", () => {
    const { topology, expectations } = hostileSample();
    const text = toMermaid(pictureOf({ topology, expectations }));
    for (const line of text.split("\n")) {
      // Outside of its quoted labels a line has ids, arrows and keywords only.
      match(
        line.replace(/"[^"]*"/g, ""),
        /^ *(flowchart LR|subgraph \w+\[\]|\w+\[\](:::facts)?|\w+\(\[\]\)|end|\w+ [-.x>]+(\|\|)? \w+|classDef facts .*|linkStyle .*)?$/,
      );
      match(line.replaceAll(/<\/?b>|<br\/>/g, "").replaceAll(/-->|-\.-x/g, ""), /^[^<>]*$/);
    }
  });
});

const dockerNetworks = `flowchart LR
  x0["<b>outside</b><br/>the machine that runs verify"]
  subgraph h0["<b>local</b> container host: local, linux"]
    h0s3c0p0(["127.0.0.1:8080 → tcp 80"])
    subgraph h0n0["<b>chat</b>"]
      h0n0f["lab docker-networks<br/>192.168.1.0/24  gateway 192.168.1.254<br/>range 192.168.1.0/28  bridge chat0"]:::facts
      h0s0c0["<b>chat-server</b><br/>chat-server<br/>192.168.1.1"]
      h0s1c0["<b>chat-alice</b><br/>chat-client<br/>192.168.1.2"]
      h0s2c0["<b>chat-bob</b><br/>chat-client<br/>192.168.1.3"]
    end
    subgraph h0n1["<b>web</b>"]
      h0n1f["lab docker-networks<br/>192.168.2.0/24  gateway 192.168.2.254<br/>range 192.168.2.0/28  bridge web0"]:::facts
      subgraph h0s3["one network stack"]
        h0s3c0["<b>my-server</b><br/>web-server<br/>192.168.2.1<br/>alias server"]
        h0s3c1["<b>container2</b><br/>web-shared-stack<br/>sees tcp 80 listening<br/>http://127.0.0.1:80/"]
      end
      h0s4c0["<b>container1</b><br/>web-by-alias<br/>192.168.2.2"]
      h0s5c0["<b>container3</b><br/>web-by-hosts-entry<br/>192.168.2.3<br/>hosts linked-server 192.168.2.1"]
    end
  end
  h0s3c0p0 --> h0s3c0
  h0s1c0 -->|"tcp 5000"| h0s0c0
  h0s2c0 -->|"tcp 5000"| h0s0c0
  h0s4c0 -->|"finds server (DNS)<br/>http://server/"| h0s3c0
  h0s5c0 -->|"finds linked-server (hosts file)<br/>http://linked-server/"| h0s3c0
  x0 -->|"http://127.0.0.1:8080/"| h0s3c0p0
  h0s4c0 -.-x|"not tcp 5000"| h0s0c0
  h0s1c0 -.-x|"not tcp 80"| h0s3c0
  classDef facts stroke-dasharray:3 3
  linkStyle 1,2,3,4,5 stroke:#2f6fbd,stroke-width:2px
  linkStyle 6,7 stroke:#d0454e,stroke-width:2px,stroke-dasharray:2 5
  linkStyle 0 stroke:#c7982a,stroke-width:2px
`;
