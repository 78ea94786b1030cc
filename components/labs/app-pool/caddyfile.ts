/** Where both systems' images look for the file: on Windows this is a path of the drive that the container runs from. */
export const caddyfilePath = "/etc/caddy/Caddyfile";

/**
 * The front door's whole configuration: each request goes to the next instance whose health was last found good, and to
 * another one if that does not answer.
 * @param upstreams Addresses and ports of the instances. None of them leave nothing to send a request to, which it says.
 */
export function caddyfile(port: number, upstreams: readonly string[]): string {
  const passOn = [
    "reverse_proxy {",
    ...indented([
      ...upstreams.map((upstream) => `to ${upstream}`),
      "lb_policy round_robin",
      "lb_try_duration 5s",
      "fail_duration 10s",
      "health_uri /health",
      "health_interval 10s",
      "health_timeout 2s",
      "health_status 200",
      "transport http {",
      ...indented(["dial_timeout 1s"]),
      "}",
    ]),
    "}",
  ];
  const lines = [
    "{",
    ...indented(["admin off", "auto_https off"]),
    "}",
    "",
    `:${port} {`,
    ...indented(upstreams.length === 0 ? ['respond "The pool has no instances." 503'] : passOn),
    "}",
    "",
  ];
  return lines.join("\n");
}

function indented(lines: readonly string[]): string[] {
  return lines.map((each) => `\t${each}`);
}
