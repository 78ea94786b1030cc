import { dollars } from "../../components/azure/costs";
import type { EntryChange } from "./entries";
import type { Broken, ExpectationChanges } from "./expectations";
import { type FlowChange, whatInWords } from "./flows";
import type { PlaceChange } from "./places";
import type { ResourceChanges } from "./resources";
import type { Review } from "./review";

/** What is said of one thing: what becomes of it, and what it is. */
export interface Line {
  readonly mark: string;
  readonly text: string;
}

/** A part of a report. The most important comes first. */
export interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
  /** What is shown when a reader asks for it: a picture, or what a program wrote. */
  readonly block?: { readonly summary: string; readonly language: string; readonly text: string };
}

/** As many names are written in a line; of more, how many are left. */
const MOST_NAMES = 6;

/** The report on a review, from what must not be overlooked to what may be left out. */
export function sectionsOf(review: Review): Section[] {
  const { risks, flows, entries, expectations, resources, policies = [] } = review;
  return [
    { title: "Risks", lines: risks.map(({ risk, text }) => ({ mark: risk, text })) },
    { title: "Expectations", lines: expectationLines(expectations) },
    { title: "Rules of the house", lines: policies.map((text) => ({ mark: "policy", text })) },
    { title: "Connectivity", lines: [...entryLines(entries), ...flowLines(flows), ...moveLines(review.places)] },
    { title: "Made anew", lines: [...movedLines(review.places), ...(resources ? resourceLines(resources) : [])] },
    { title: "Places, addresses and ports", lines: placeLines(review.places) },
    { title: "Cost", lines: costLines(review.cost) },
    ...block("Before and after", LEGEND, "mermaid", review.mermaid),
    ...block("Pulumi's own preview", "What it does with each resource", "text", review.pulumi),
  ].filter(({ lines, ...rest }) => lines.length > 0 || "block" in rest);
}

const LEGEND = "The labs that change: green and + is what comes, red and − what goes, ochre what changes";

function block(title: string, summary: string, language: string, text: string | undefined): Section[] {
  return text === undefined ? [] : [{ title, lines: [], block: { summary, language, text } }];
}

/** What all of it comes to, in a sentence. */
export function headline(review: Review): string {
  const { expectations, risks, flows, entries, places, resources, comparedWith } = review;
  const changes = flows.length + entries.length + places.length;
  const made = resources === undefined ? "" : ` Resources: ${countsOf(resources)}.`;
  const { holding, open, broken } = expectations;
  const failing = broken.filter(({ expected }) => expected).length;
  const expected = `Of ${holding + open + failing} expectations ${holding} hold by this plan, ${failing} would not, and ${open} only \`verify\` can tell.`;
  return (
    `Compared with ${comparedWith}: ${changes === 0 ? "nothing changes in who reaches whom" : `${counted(changes, "change")} in who is where and reaches whom`}, ` +
    `${risks.length === 0 ? "no risk" : counted(risks.length, "risk")}. ${expected}${made}`
  );
}

function expectationLines({ broken, added, altered, dropped, gone, kept, moved }: ExpectationChanges): Line[] {
  const told = (each: Broken): Line => {
    const instead = each.instead === undefined ? "" : ` What is expected instead: ${each.instead}.`;
    const place = `${each.lab} on ${each.at}`;
    return each.expected
      ? { mark: "would fail", text: `${each.name} (${place}): ${each.why}. \`verify\` would fail for it.` }
      : { mark: "would no longer hold", text: `${each.name} (${place}): ${each.why}.${instead}` };
  };
  const count = (mark: string, some: readonly { readonly name: string }[], what: string): Line[] =>
    some.length === 0
      ? []
      : [
          {
            mark,
            text: `${some.length} ${what}: ${listed(
              some.map(({ name }) => name),
              "; ",
            )}`,
          },
        ];
  return [
    ...broken.map(told),
    ...count("no longer checked", dropped, "that may well hold"),
    ...count("new", added, "more"),
    ...count("changed", altered, "ask for something else than before"),
    ...(gone === 0 ? [] : [{ mark: "gone", text: `${gone} with what they speak of` }]),
    ...(moved === 0 ? [] : [{ mark: "kept", text: `${moved} of ${kept} at other addresses` }]),
  ];
}

function entryLines(entries: readonly EntryChange[]): Line[] {
  return entries.map((each): Line => {
    const { at, host, protocol, leadsTo, sources } = each.entry;
    const way = `${at}${/\d$/.test(at) ? ` (${protocol})` : ""} of ${host} → ${leadsTo}`;
    if (each.change !== "changes") {
      return { mark: each.change, text: `${way}${sources === undefined ? "" : `, from ${listed(sources)}`}` };
    }
    const { was, gained, lost } = each;
    const parts = [
      ...(was.leadsTo === leadsTo ? [] : [`led to ${was.leadsTo} before`]),
      ...(gained.length === 0 ? [] : [`now also from ${listed(gained)}`]),
      ...(lost.length === 0 ? [] : [`no longer from ${listed(lost)}`]),
    ];
    const mark =
      was.leadsTo !== leadsTo ? "moves" : lost.length === 0 ? "widens" : gained.length === 0 ? "narrows" : "changes";
    return { mark, text: `${way}: ${parts.join(", ")}` };
  });
}

/** Those that only their source, and then those that only their target tells apart, are one line. */
function flowLines(flows: readonly FlowChange[]): Line[] {
  const byTarget = grouped(flows, ({ host, change, to, what }) => [host, change, to, what]).map((group) => ({
    ...group[0],
    from: group.map(({ from }) => from),
  }));
  return grouped(byTarget, ({ host, change, from, what }) => [host, change, from, what]).map((group): Line => {
    const [{ host, change, from, what }] = group;
    const mark = change === "unsure" ? "hangs on the client's port" : change;
    return { mark, text: `${listed(from)} → ${listed(group.map(({ to }) => to))}: ${whatInWords(what)} (on ${host})` };
  });
}

/** What reaches whom as before, from another place. */
function moveLines(places: readonly PlaceChange[]): Line[] {
  const labs = places.filter(({ kind, change }) => kind === "lab" && change === "moved");
  const readdressed = places.filter(
    ({ kind, change, details }) =>
      kind === "container" && change === "changed" && details.some(({ what }) => what.startsWith("address")),
  );
  return [
    ...labs.map(({ name, details: [{ from, to }] }): Line => ({
      mark: "moves",
      text: `lab ${name}, with the ports that it publishes: ${from} → ${to}`,
    })),
    ...grouped(readdressed, ({ host }) => host).map((group): Line => ({
      mark: "moves",
      text: `${listed(group.map(({ name }) => name))} on ${group[0].host}: to other addresses; what opens or closes is told above`,
    })),
  ];
}

/** What is on another host is another. */
function movedLines(places: readonly PlaceChange[]): Line[] {
  return places
    .filter(({ kind, change }) => kind === "lab" && change === "moved")
    .map(({ name, details: [{ to }] }) => ({
      mark: "made anew",
      text: `all of lab ${name}, on ${to}. Lost: what its containers have in memory and on disk`,
    }));
}

function resourceLines({ replaced, deleted }: ResourceChanges): Line[] {
  const lost = (loses: string | undefined): string => (loses === undefined ? "" : `. Lost: ${loses}`);
  return [
    ...grouped(replaced, ({ type, because, loses }) => [type, because, loses]).map((group): Line => {
      const [{ type, because, loses }] = group;
      const why = because.length === 0 ? "" : `, because of ${because.join(", ")}`;
      return { mark: "made anew", text: `${listed(group.map(({ name }) => name))} (${type})${why}${lost(loses)}` };
    }),
    ...grouped(deleted, ({ type, loses }) => [type, loses]).map((group): Line => {
      const [{ type, loses }] = group;
      return { mark: "deleted", text: `${listed(group.map(({ name }) => name))} (${type})${lost(loses)}` };
    }),
  ];
}

function placeLines(places: readonly PlaceChange[]): Line[] {
  const single = places.filter(({ pool, change }) => pool === undefined || change === "changed");
  const pooled = places.filter((each) => !single.includes(each));
  return [
    ...single.map(({ change, kind, name, host, details }): Line => {
      const where = kind === "host" ? "" : kind === "lab" ? "" : ` on ${host}`;
      const told = details.map(
        ({ what, from, to }) => `${what} ${[from, to].map((each) => each ?? "none").join(" → ")}`,
      );
      const one = details.map(({ what, from, to }) => `${what} ${from ?? to}`);
      const list = change === "added" || change === "removed" ? one : told;
      return { mark: change, text: `${kind} ${name}${where}${list.length === 0 ? "" : `: ${list.join(", ")}`}` };
    }),
    ...grouped(pooled, ({ change, host, pool }) => [change, host, pool]).map((group): Line => {
      const [{ change, host, pool }] = group;
      return {
        mark: change,
        text: `${group.length} of pool ${pool} on ${host}: ${listed(group.map(({ name }) => name))}`,
      };
    }),
  ];
}

function costLines(cost: Review["cost"]): Line[] {
  if (cost === undefined || Math.abs(cost.after - cost.before) < 0.0005) {
    return [];
  }
  const { before, after } = cost;
  const sign = after > before ? "more" : "less";
  const text = `about ${dollars(before)} → ${dollars(after)} an hour: ${dollars(Math.abs(after - before))} ${sign}. An estimate by list prices, without traffic.`;
  return [{ mark: sign, text }];
}

/** `2 create, 1 replace, 40 same` */
export function countsOf({ counts }: ResourceChanges): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  return some.map(([op, count]) => `${count} ${op}`).join(", ") || "none";
}

/** Names in a row; of many, the first and how many there are besides. */
function listed(names: readonly string[], between = ", "): string {
  const left = names.length - MOST_NAMES;
  return left > 1 ? `${names.slice(0, MOST_NAMES).join(between)} and ${left} more` : names.join(between);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function grouped<T>(all: readonly T[], key: (each: T) => unknown): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const each of all) {
    const id = JSON.stringify(key(each));
    const group = groups.get(id);
    if (group === undefined) {
      groups.set(id, [each]);
    } else {
      group.push(each);
    }
  }
  return [...groups.values()];
}
