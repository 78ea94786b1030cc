/** Environment variable that names the labs of a run, separated by commas, in place of those in the stack file. */
export const labSelection = "CONTAINER_NETWORK_LABS_ONLY";
