/** Where a Caddyfile passes requests on to, and what has to hold for them. */
export interface Way {
  readonly upstream: string;
  /** What the matchers on the way say, as it is written; all of it has to hold. */
  readonly conditions: readonly string[];
}

/**
 * The ways on through a Caddyfile, by the matchers of the blocks that each `reverse_proxy` is in. One that an earlier
 * handler keeps from being asked is among them: the order of handlers is easily changed.
 * Source: https://caddyserver.com/docs/caddyfile/matchers
 */
export function waysThrough(caddyfile: string): Way[] {
  const matchers = new Map<string, string[]>();
  const blocks: { readonly conditions: readonly string[]; readonly matcher?: string }[] = [];
  const ways: Way[] = [];
  const meant = (word: string): readonly string[] =>
    word.startsWith("@") ? (matchers.get(word) ?? []) : word.startsWith("/") ? [`path ${word}`] : [];
  for (const line of caddyfile.split("\n").map((each) => each.trim())) {
    const words = line.split(/\s+/).filter((word) => word !== "{");
    const [first = "", second = "", third = ""] = words;
    const inside = blocks.at(-1)?.matcher;
    if (line === "}") {
      blocks.pop();
      continue;
    }
    if (inside !== undefined) {
      matchers.get(inside)!.push(line);
    } else if (first.startsWith("@")) {
      matchers.set(first, words.length > 1 ? [words.slice(1).join(" ")] : []);
    } else if (first === "reverse_proxy") {
      const own = meant(second);
      const upstream = /^[@/]/.test(second) ? third : second;
      ways.push({ upstream, conditions: [...blocks.flatMap(({ conditions }) => conditions), ...own] });
    }
    if (line.endsWith("{")) {
      blocks.push(first.startsWith("@") ? { conditions: [], matcher: first } : { conditions: meant(second) });
    }
  }
  return ways;
}

/** Whether a request of this URI gets past conditions, as far as they speak of URIs. */
export function lets(conditions: readonly string[], uri: string): boolean {
  return conditions.every((condition) => {
    const [, not, name, rest] = /^(not )?(vars_regexp \{http\.request\.uri\}|path) (.*)$/.exec(condition) ?? [];
    if (name === undefined) {
      return true;
    }
    const matches = name === "path" ? onPath(rest, uri) : expression(rest).test(uri);
    return matches === (not === undefined);
  });
}

/** Addresses and ranges that conditions are for; empty for everybody. */
export function clientsIn(conditions: readonly string[]): string[] {
  return conditions.flatMap((condition) => /^remote_ip (.*)$/.exec(condition)?.[1].split(/\s+/) ?? []);
}

/** Go's expressions begin with their flags. */
function expression(text: string): RegExp {
  const [, ignoreCase, rest] = /^(\(\?i\))?(.*)$/.exec(text)!;
  return new RegExp(rest, ignoreCase === undefined ? "" : "i");
}

function onPath(patterns: string, uri: string): boolean {
  const [path] = uri.split("?");
  return patterns.split(/\s+/).some((pattern) => {
    const literal = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${literal.join(".*")}$`, "i").test(path);
  });
}
