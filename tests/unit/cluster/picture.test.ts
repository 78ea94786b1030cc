import assert from "node:assert/strict";
import { labs } from "../../../components/labs";
import { planOf } from "../../../components/plan";
import { parse } from "../../../components/settings/parse";
import { pictureOf, type ContainerBox } from "../../../tools/graph/picture";
import { containerLines } from "../../../tools/graph/lines";
import { Judge } from "../../../tools/preview/judge";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKPp1cLUW1CHU8rzU1IDF5ZbSbM0AqQnWqmXfhkDFHLs";
const servers = ["one", "two", "three"].map((name, i) => {
  return { name, address: "192.0.2.1", port: 1000 + i, user: "root", privateKeyPath: "keys/user", hostKey };
});

function planned(given: Record<string, object>) {
  return planOf(parse({ hosts: { kind: "remote", cluster: "swarm", servers }, labs: given }, "test", labs));
}

const pool = (more: object = {}) => ({
  "app-pool": { listen: "0.0.0.0", network: { subnet: "10.90.0.0/24" }, frontDoor: { enabled: true }, ...more },
});

describe("a plan of labs on a cluster", () => {
  it("holds by itself: what they expect is what the preview finds", () => {
    const plan = planned({ ...pool({ without: 8092 }), "docker-networks": {} });
    const judge = new Judge(plan);
    const verdicts = plan.expectations.map((each) => ({ name: each.name, ...judge.verdict(each) }));
    assert.deepEqual(
      verdicts.filter(({ holds }) => holds === "no"),
      [],
    );
    assert.ok(verdicts.filter(({ holds }) => holds === "yes").length > 20);
  });

  it("does not hold for a port that is to be silent and is published, and the other way round", () => {
    const { topology, openings } = planned(pool());
    const judge = new Judge({ topology, openings });
    const told = ({ expectations }: ReturnType<typeof planned>) =>
      expectations.flatMap((each) => (judge.verdict(each).holds === "no" ? [each.name] : []));
    assert.deepEqual(told(planned(pool({ without: 8092 }))), ["port 8092 is answered by no host"]);
    assert.deepEqual(told(planned(pool({ ports: "8090-8095" }))), ["port 8095 is answered by app-8095"]);
  });

  it("is drawn as one host of the others, with the instances in its network and each container's host beside its role", () => {
    const { hosts } = pictureOf(planned({ ...pool(), "docker-networks": {} }));
    const cluster = hosts.find(({ name }) => name === "cluster")!;
    assert.equal(cluster.says, "cluster of one, two, three, linux");
    const boxes = cluster.networks.flatMap(({ name, stacks }) =>
      stacks.flatMap(({ containers }) => containers.map((box: ContainerBox) => [name, ...lines(box)].join(" | "))),
    );
    assert.ok(boxes.includes("pool | app-8090 | instance"), boxes.join("\n"));
    assert.ok(boxes.includes("pool | front-door | front-door on one"), boxes.join("\n"));
    assert.ok(boxes.includes("chat | chat-alice | chat-client on two | 192.168.1.2"), boxes.join("\n"));
  });
});

function lines(box: ContainerBox): string[] {
  return containerLines({ ...box, notes: [] }).map(({ text }) => text);
}
