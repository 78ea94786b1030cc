import type { HostOs } from "../lab";
import type { ImdsProxySettings } from "./settings";
import { clientsOf } from "./clients";
import { healthPort, metadataAddress, metadataPort, upstreamOf } from "./addresses";

/** Where both systems' images look for the file: on Windows this is a path of the drive that the container runs from. */
export const caddyfilePath = "/etc/caddy/Caddyfile";

/**
 * Headers by which proxies tell of each other. The service refuses the first of them, because a request that was sent on
 * does not come from who seems to ask; a proxy that took them out would take that guard away.
 */
const forwardingHeaders = [
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Forwarded-Proto",
  "X-Forwarded-Port",
  "X-Forwarded-Server",
  "X-Forwarded-Prefix",
  "X-Forwarded-By",
  "X-Original-Forwarded-For",
  "Forwarded",
  "Via",
  "X-Real-IP",
  "X-Client-IP",
  "X-Cluster-Client-IP",
  "True-Client-IP",
];

/** What Caddy itself adds to a request that it sends on. Source: https://caddyserver.com/docs/caddyfile/directives/reverse_proxy */
const addedByCaddy = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Via"];

/** Seconds after which the service counts as gone: to connect, and to begin its answer. */
const limits = { connect: 2, answer: 5 } as const;

/** An answer of the proxy's own, in the form of the service's token endpoint. */
interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const refusals = {
  forwarded: {
    status: 400,
    error: "forwarding_header",
    description: "The request has a header that only proxies send. Ask the metadata service directly.",
  },
  method: {
    status: 405,
    error: "method_not_allowed",
    description: "The metadata service is only read: use GET.",
    headers: { Allow: "GET" },
  },
  odd: {
    status: 400,
    error: "malformed_path",
    description: "The path holds more than plain segments of letters, digits, - and _.",
  },
  identity: {
    status: 403,
    error: "identity_not_allowed",
    description: "This client may not ask for tokens. The setting identity.clients names those that may.",
  },
  unknown: {
    status: 404,
    error: "path_not_allowed",
    description: "The proxy passes on /metadata/instance and /metadata/versions only.",
  },
} as const satisfies Record<string, Refusal>;

/**
 * The proxy's whole configuration, the same on both systems but for where it finds a stand-in. Paths are told by the
 * text that arrived, before anything decodes it: what the service might read in another way does not get that far.
 */
export function caddyfile(settings: ImdsProxySettings, os: HostOs): string {
  const allowed = clientsOf(settings.clients)
    .filter(({ name }) => settings.identity.clients.includes(name))
    .map(({ address }) => address);
  const lines = [
    ...global,
    "",
    `:${healthPort} {`,
    ...indented(["respond 200"]),
    "}",
    "",
    `:${metadataPort} {`,
    ...indented([
      ...accessLog,
      "",
      ...matchers(allowed),
      "",
      "route {",
      ...indented([
        ...refuse("@forwarded", refusals.forwarded),
        ...refuse("@otherMethod", refusals.method),
        ...refuse("@oddPath", refusals.odd),
        ...(allowed.length === 0 ? [] : handle("@identityAllowed", passOn(upstreamOf(settings, os)))),
        ...refuse("@identity", refusals.identity),
        ...handle("@instance", passOn(upstreamOf(settings, os))),
        ...refuse("", refusals.unknown),
      ]),
      "}",
      "",
      "handle_errors {",
      ...indented(answer({ status: "{err.status_code}", error: "service_unavailable", description: unavailable })),
      "}",
    ]),
    "}",
    "",
  ];
  return lines.join("\n");
}

const unavailable = "The metadata service does not answer.";

const global = [
  "{",
  ...indented([
    "admin off",
    "auto_https off",
    "servers {",
    ...indented(["protocols h1", "max_header_size 16KB", "timeouts {", "\tread_header 5s", "\tread_body 5s", "}"]),
    "}",
  ]),
  "}",
];

/** Headers stay out of the log: what a client sends there may be a secret. Answers are never in it. */
const accessLog = [
  "log {",
  ...indented([
    "output stdout",
    "format filter {",
    ...indented(["wrap json", "fields {", "\trequest>headers delete", "\tresp_headers delete", "}"]),
    "}",
  ]),
  "}",
];

function matchers(allowed: readonly string[]): string[] {
  return [
    // A set of matchers holds if all of them do, so "any of these headers" is "not: all of them are missing".
    "@forwarded not {",
    ...indented(forwardingHeaders.map((name) => `header !${name}`)),
    "}",
    "@otherMethod not method GET",
    `@oddPath not vars_regexp {http.request.uri} ^(/[A-Za-z0-9_-]+)*/?([?]|$)`,
    ...(allowed.length === 0
      ? []
      : [
          "@identityAllowed {",
          ...indented([
            `remote_ip ${allowed.join(" ")}`,
            "vars_regexp {http.request.uri} ^/metadata/identity(/|[?]|$)",
          ]),
          "}",
        ]),
    "@identity vars_regexp {http.request.uri} (?i)^/metadata/identity(/|[?]|$)",
    "@instance vars_regexp {http.request.uri} ^/metadata/(instance(/|[?]|$)|versions/?([?]|$))",
  ];
}

function passOn(upstream: string): string[] {
  return [
    `reverse_proxy http://${upstream}:${metadataPort} {`,
    ...indented([
      `header_up Host ${metadataAddress}`,
      ...addedByCaddy.map((name) => `header_up -${name}`),
      "transport http {",
      // Without it Caddy would ask for compressed answers by a header that the client did not send.
      ...indented(["compression off", `dial_timeout ${limits.connect}s`, `response_header_timeout ${limits.answer}s`]),
      "}",
    ]),
    "}",
  ];
}

function refuse(matcher: string, refusal: Refusal): string[] {
  return handle(matcher, answer(refusal));
}

function handle(matcher: string, body: readonly string[]): string[] {
  return [matcher === "" ? "handle {" : `handle ${matcher} {`, ...indented(body), "}"];
}

function answer({
  status,
  error,
  description,
  headers = {},
}: Omit<Refusal, "status"> & { status: number | string }): string[] {
  return [
    ...Object.entries({ "Content-Type": "application/json", ...headers }).map((pair) => `header ${pair.join(" ")}`),
    `respond \`${JSON.stringify({ error, error_description: description })}\` ${status}`,
  ];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((each) => (each === "" ? "" : `\t${each}`));
}
