import * as pulumi from "@pulumi/pulumi";

/** Tells of progress, which Pulumi keeps in no history. */
export function tell(text: string): void {
  void pulumi.log.info(text, undefined, undefined, true);
}
