import { fieldsOf, isAzure, UNKNOWN } from "../resource";
import type { Rule } from "../rule";

/** The tag that says until when it is meant to be there. */
const TAG = "expires";

export const expires: Rule = {
  description: "What costs money has an end.",
  level: "mandatory",
  cure: "Say how long the environment is needed, for example: container-network-labs:expires: 8h",
  broken(resource) {
    const { tags } = resource.properties;
    // All that an environment has in Azure is in its resource group, and goes with it.
    if (!isAzure(resource, "resources:ResourceGroup") || tags === UNKNOWN) {
      return [];
    }
    const value = fieldsOf(tags)[TAG];
    if (value === undefined || value === "") {
      return [`the resource group has no tag ${TAG}`];
    }
    return typeof value === "string" && Number.isNaN(Date.parse(value)) ? [`its tag ${TAG} is no time`] : [];
  },
};
