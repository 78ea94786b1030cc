// Command pulumi-resource-command is a resource plugin for the npm package @pulumi/command, for machines on which
// the official plugin cannot be downloaded. The Pulumi engine starts it and talks to it over gRPC.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"container-network-labs/stand-ins/command/provider"
)

// version is the one of @pulumi/command that this plugin serves. Set it with -ldflags "-X main.version=...".
var version = "1.2.1"

func main() {
	if err := provider.New().Run(context.Background(), provider.Name, strings.TrimPrefix(version, "v")); err != nil {
		fmt.Fprintf(os.Stderr, "Error: %s", err)
		os.Exit(1)
	}
}
