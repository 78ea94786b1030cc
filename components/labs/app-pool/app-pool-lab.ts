import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import type { ContainerHost } from "../../hosts/container-host";
import { Image } from "../../images/image";
import { serviceRepository } from "../../images/service-repository";
import { toolboxOn } from "../../images/toolbox";
import { FirewallRule } from "../../network/firewall-rule";
import type { Opening } from "../../network/opening";
import type { ContainerSpec } from "../../network/topology";
import type { Run } from "../../containers/run";
import { declareTopology, memberNames } from "../declare";
import type { Lab } from "../lab";
import { caddyfile, caddyfilePath } from "./caddyfile";
import { addressOf } from "./expectations";
import { isLoopback } from "./faults";
import { instancesOf } from "./instances";
import type { AppPoolSettings } from "./settings";
import { topology, webPort } from "./topology";

const lab = "app-pool";

export interface AppPoolLabArgs {
  settings: AppPoolSettings;
  host: ContainerHost;
}

/**
 * The app-pool lab on a host: an image with a product installed, one with the application on it, and instances of that,
 * each on a port of its own; if it is asked for, a reverse proxy before them and rules for the host's firewall.
 */
export class AppPoolLab extends pulumi.ComponentResource implements Lab {
  readonly open: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, pulumi.Input<unknown>>>;
  readonly containers: Lab["containers"];

  constructor(name: string, args: AppPoolLabArgs, opts?: pulumi.ComponentResourceOptions) {
    super("container-network-labs:labs:AppPoolLab", name, {}, { providers: [args.host.docker], ...opts });
    const { settings, host } = args;
    const instances = instancesOf(settings);
    const placed = topology(settings, host.os, memberNames(host));
    const images = this.images(name, args);
    const run = (spec: ContainerSpec): Run =>
      spec.role === "front-door"
        ? { image: images.frontDoor!, files: { [caddyfilePath]: caddyfile(webPort, upstreamsOf(placed.containers)) } }
        : { image: images.app, environment: environmentOf(spec, settings), ...identityOf(settings) };
    // A port is kept to its sources before anything listens on it, and until nothing does.
    const after = this.openings(name, args);
    const declared = declareTopology({ name, lab, host, topology: placed, run, after }, this);
    this.containers = [...declared.values(), ...declared.pools];
    this.open = openOf(settings);
    this.outputs = { instances: instances.length, ports: settings.ports, without: settings.without };
    this.registerOutputs({ open: this.open, ...this.outputs });
  }

  private openings(name: string, { settings, host }: AppPoolLabArgs): FirewallRule[] {
    const openings = openingsOf(settings);
    const { group } = settings.openings;
    return openings.length === 0
      ? []
      : (host.members ?? [host]).map((member) => {
          const own = member === host ? `${name}-openings` : `${name}-${member.hostName}-openings`;
          return new FirewallRule(own, { host: member, lab, openings, group }, { parent: this });
        });
  }

  private images(name: string, { settings, host }: AppPoolLabArgs) {
    const folder = (of: string) => join(__dirname, "images", of);
    const given = variablesOf(settings);
    const dbase = new Image(
      `${name}-dbase-image`,
      { lab, host, repository: `${lab}-dbase`, folder: folder("dbase"), buildArgs: { ...host.baseImage, ...given } },
      { parent: this },
    );
    const app = new Image(
      `${name}-app-image`,
      { lab, host, repository: serviceRepository(lab, host), folder: folder("app"), base: dbase },
      { parent: this },
    );
    // On Windows the front door starts from another official image, which its Dockerfile names.
    const base = host.os === "windows" ? undefined : toolboxOn(host);
    return {
      app,
      frontDoor: settings.frontDoor.enabled
        ? new Image(
            `${name}-front-door-image`,
            { lab, host, repository: `${lab}-front-door`, folder: folder("front-door"), base },
            { parent: this },
          )
        : undefined,
    };
  }
}

/** The product's variables, as far as they are not left to the image. */
function variablesOf({ environment: { SSROOT, SSROOTX } }: AppPoolSettings): Record<string, string> {
  return { ...(SSROOT === undefined ? {} : { SSROOT }), ...(SSROOTX === undefined ? {} : { SSROOTX }) };
}

/** What an instance is told of itself. */
function environmentOf({ name, ports }: ContainerSpec, settings: AppPoolSettings): Record<string, string> {
  return { ...variablesOf(settings), INSTANCE: name, PORT: String(ports[0].hostPort) };
}

/** Whom the instances run or act as, where the image's own user is not the one. */
function identityOf({ user, group, credentialSpec }: AppPoolSettings): { user?: string; credentialSpec?: string } {
  return {
    ...(user === undefined ? {} : { user: group === undefined ? user : `${user}:${group}` }),
    ...(credentialSpec === undefined ? {} : { credentialSpec }),
  };
}

/** By what the front door reaches the instances: their addresses or, where a cluster gives these, their names. */
function upstreamsOf(containers: readonly ContainerSpec[]): string[] {
  return containers
    .filter(({ role }) => role === "instance")
    .map(({ name, endpoints: [endpoint] }) => `${endpoint?.address ?? name}:${webPort}`);
}

/** What others may reach of the host, where openings are enabled. Nobody but the host reaches loopback anyway. */
export function openingsOf(settings: AppPoolSettings): Opening[] {
  const { openings, listen, frontDoor } = settings;
  const { enabled, sources } = openings;
  const ports = instancesOf(settings).map(({ port }) => port);
  const all: Opening[] = [
    { service: "HTTP", listen, ports, sources },
    { service: "HTTP", listen: frontDoor.listen, ports: frontDoor.enabled ? [frontDoor.port] : [], sources },
  ];
  return enabled ? all.filter((each) => each.ports.length > 0 && !isLoopback(each.listen)) : [];
}

/** The first instance and the last, so that a thousand of them are not a thousand lines. */
function openOf(settings: AppPoolSettings): Record<string, string> {
  const { frontDoor, listen } = settings;
  const instances = instancesOf(settings);
  const shown = instances.length < 2 ? instances : [instances[0], instances.at(-1)!];
  return {
    ...Object.fromEntries(shown.map(({ name, port }) => [name, addressOf(listen, port)])),
    ...(frontDoor.enabled ? { [frontDoor.name]: addressOf(frontDoor.listen, frontDoor.port) } : {}),
  };
}
