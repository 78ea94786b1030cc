import type { HostOs, Place } from "../../../components/labs/lab";

/** Where a lab is that is alone on this machine. */
export function alone(os: HostOs = "linux"): Place {
  return { environment: "unit", host: "here", hosts: [{ name: "here", kind: "local", os }] };
}
