import { layOut } from "../../../tools/graph/layout";
import { pictureOf } from "../../../tools/graph/picture";
import { dockerNetworksSample, crowdedSample } from "./support";
import * as dot from "../../../tools/graph/dot";
const orig = dot.dotOf;
const inv = (tail: string, head: string) => ({ tail, head, attributes: { style: "invis", weight: 1 } });
function chain(g: any, order: string[], opts: { rev?: boolean; same?: boolean; where: string; drop?: boolean }) {
  const rec = (s: any) => {
    const nets = (s.subgraphs ?? []).filter((x: any) => x.name);
    nets.forEach(rec);
    const mine = (s.nodes ?? []).map((n: any) => n.name).filter((n: string) => order.includes(n)).sort((a: string, b: string) => order.indexOf(a) - order.indexOf(b));
    if (!s.name || mine.length < 2) return;
    const l = opts.rev ? [...mine].reverse() : mine;
    const edges = l.slice(1).map((n: string, i: number) => inv(l[i], n));
    s.subgraphs = [...(s.subgraphs ?? []), { graphAttributes: { rank: "same" }, nodes: l.map((name: string) => ({ name })), edges }];
  };
  rec(g);
}
const last = (g: any) => g.subgraphs.at(-1);
const variants: Record<string, (g: any) => void> = {
  asis: () => {},
};
(async () => {
  for (const [n, s] of [["dn", dockerNetworksSample()], ["crowd", crowdedSample()]] as const) {
    const p = pictureOf(s.topology, s.expectations);
    for (const [v, f] of Object.entries(variants)) {
      Object.defineProperty(dot, "dotOf", { value: (a: any, b: any) => { const g = orig(a, b); f(g); return g; }, writable: true, configurable: true });
      try {
      const l = await layOut(p);
      const names = new Map<string, string>();
      p.hosts.forEach((h) => { names.set(h.id, h.name); h.networks.forEach((k) => { names.set(k.id, k.name); k.stacks.forEach((t) => t.containers.forEach((c) => names.set(c.id, c.name))); }); });
      const order = [...l.boxes].filter(([i]) => names.has(i)).sort(([, a], [, b]) => a.y - b.y).map(([i]) => names.get(i)).filter((x) => !/worker-[2-4]|store|api|server|container2/.test(x!)).join(" ");
      console.log(n, v, Math.round(l.width), Math.round(l.height), order.slice(0, 230));
      } catch (e) { console.log(n, v, String(e).slice(0, 200)); }
    }
  }
})();
