import { label } from "../labels";
import type { Role } from "./plan";

/** A swarm's node as its managers know it. Source: `GET /nodes` of the engine's API 1.41. */
export interface SwarmNode {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: {
    readonly Name?: string;
    readonly Role: Role;
    readonly Availability: "active" | "pause" | "drain";
    readonly Labels: Readonly<Record<string, string | undefined>> | null;
  };
  readonly Description?: { readonly Hostname?: string };
  readonly Status: { readonly State: "unknown" | "down" | "ready" | "disconnected"; readonly Addr?: string };
  readonly ManagerStatus?: { readonly Reachability: string; readonly Leader?: boolean; readonly Addr?: string } | null;
}

/** Name of the host that a node is; undefined for one that nobody named. */
export function hostOfNode({ Spec }: SwarmNode): string | undefined {
  return Spec.Labels?.[label.member];
}

/** Whether a node is there, takes containers, and has the part that it is to have. */
export function isReady(node: SwarmNode | undefined, role: Role): boolean {
  return (
    node?.Status.State === "ready" &&
    node.Spec.Availability === "active" &&
    node.Spec.Role === role &&
    (role === "manager" ? node.ManagerStatus?.Reachability === "reachable" : !node.ManagerStatus)
  );
}

/** A node's state in words: `ready worker`, `down manager, unreachable`. */
export function stateOf(node: SwarmNode | undefined): string {
  if (node === undefined) {
    return "no member";
  }
  const { Status, Spec, ManagerStatus } = node;
  const paused = Spec.Availability === "active" ? "" : `, ${Spec.Availability === "drain" ? "drained" : "paused"}`;
  const heard = ManagerStatus && ManagerStatus.Reachability !== "reachable" ? `, ${ManagerStatus.Reachability}` : "";
  return `${Status.State} ${Spec.Role}${heard}${paused}`;
}
