import type * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Expectation } from "../checks/expectation";
import type { Container } from "../containers/container";
import type { ContainerPool } from "../containers/container-pool";
import type { ContainerHost } from "../hosts/container-host";
import type { Opening } from "../network/opening";
import type { LabTopology } from "../network/topology";
import type { Fault } from "../settings/fault";

/** A system whose containers a host runs; it decides the dialect. */
export type HostOs = "linux" | "windows";

/** What a lab gives back once it is declared. */
export interface Lab {
  /** Addresses that a person can open or connect to, with what is there: `{ "web page": "http://127.0.0.1:8080" }`. */
  readonly open: Readonly<Record<string, string>>;
  /** The lab's own outputs. */
  readonly outputs: Readonly<Record<string, pulumi.Input<unknown>>>;
  /** All of them must be there before the expectations can hold, which are proved anew when one is made anew. */
  readonly containers: readonly (Container | ContainerPool)[];
}

/** Where a lab is placed, as far as plain settings tell. */
export interface Place {
  /** Name of the environment, which is the stack's. */
  readonly environment: string;
  /** Name of the host that it is on. */
  readonly host: string;
  /** Every host of the environment. */
  readonly hosts: readonly {
    readonly name: string;
    readonly kind: string;
    readonly os: HostOs;
    /** Of a cluster: the names of its hosts. */
    readonly members?: readonly string[];
    /** Of a cluster: where the ports of its services are reached. */
    readonly publish?: ClusterPlace["publish"];
  }[];
}

/** A cluster, for a lab that is on it. */
export interface ClusterPlace {
  /** The names of its hosts. */
  readonly members: readonly string[];
  /** A published port is that of the host that the instance is on, or every host's. */
  readonly publish: "host" | "ingress";
}

/** The cluster that a lab is on; none where it is on a host. */
export function clusterOf(place: Place | undefined): ClusterPlace | undefined {
  const { members, publish = "host" } = place?.hosts.find(({ name }) => name === place.host) ?? {};
  return members && { members, publish };
}

/** What the program needs to know of a lab; the registry in labs/index.ts holds one for each. */
export interface LabDefinition<Schema extends z.ZodType = z.ZodType> {
  /** The lab's settings. Every key has a description and a default, so that `{}` is the document's own case. */
  readonly settings: Schema;
  /** The systems it has a dialect for. */
  readonly systems: readonly HostOs[];
  /** Whether it can be on a cluster, all of its hosts together; where there is one, it is there unless settings say else. */
  readonly spreads?: boolean;
  /**
   * What these settings put on a host. Pure: the same settings give the same topology.
   * @param members Of a cluster: the names of its hosts. None where it is a host.
   */
  topology(settings: z.infer<Schema>, os: HostOs, members?: readonly string[]): LabTopology;
  /** What is wrong with the settings beyond their schema and the topology's general rules. Keys are below the lab. */
  faults(settings: z.infer<Schema>, os: HostOs, place: Place): readonly Fault[];
  /** What others may reach of the host; without it, nothing that a cloud would have to let in. */
  openings?(settings: z.infer<Schema>, os: HostOs): readonly Opening[];
  /** What must hold once it runs. */
  expectations(settings: z.infer<Schema>, os: HostOs, place: Place): readonly Expectation[];
  /**
   * Declares the lab's resources on the host.
   * @param name Of the lab's component; its resources' names begin with it.
   * @param hosts Every host of the environment, by name: a lab may have a part of its work done on another.
   */
  declare(name: string, settings: z.infer<Schema>, host: ContainerHost, hosts: ReadonlyMap<string, ContainerHost>): Lab;
}
