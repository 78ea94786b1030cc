// Package provider puts the resources and functions of the command package together and describes the package.
package provider

import (
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/middleware/schema"

	"container-network-labs/stand-ins/command/local"
	"container-network-labs/stand-ins/command/remote"
)

// Name is the package's name, the first part of each of its tokens.
const Name = "command"

// New returns a provider whose schema is, but for the wording of its descriptions, that of @pulumi/command 1.2.1.
// Modules are named after the Go packages that hold the types: command:local:Command, command:remote:Connection.
func New() p.Provider {
	return infer.Provider(infer.Options{
		Metadata: metadata,
		Resources: []infer.InferredResource{
			infer.Resource(&local.Command{}),
			infer.Resource(&remote.Command{}),
			infer.Resource(&remote.CopyToRemote{}),
			infer.Resource(&remote.CopyFile{}),
		},
		Functions: []infer.InferredFunction{
			infer.Function(&local.Run{}),
		},
	})
}

// metadata names the package whose place this one takes, so that an SDK generated from either schema is the same.
var metadata = schema.Metadata{
	DisplayName: "Command",
	Description: "Runs commands and copies files, on this machine or over SSH, as part of a Pulumi program.",
	Keywords:    []string{"pulumi", "command", "category/utility", "kind/native"},
	Homepage:    "https://pulumi.com",
	Repository:  "https://github.com/pulumi/pulumi-command",
	License:     "Apache-2.0",
	Publisher:   "Pulumi",
	LogoURL:     "https://raw.githubusercontent.com/pulumi/pulumi-command/master/assets/logo.svg",
	LanguageMap: map[string]any{
		"nodejs": map[string]any{"respectSchemaVersion": true},
		"python": map[string]any{"respectSchemaVersion": true, "pyproject": map[string]any{"enabled": true}},
		"csharp": map[string]any{
			"respectSchemaVersion": true,
			"packageReferences":    map[string]any{"Pulumi": "3.*"},
		},
		"go": map[string]any{
			"respectSchemaVersion":           true,
			"generateResourceContainerTypes": true,
			"importBasePath":                 "github.com/pulumi/pulumi-command/sdk/go/command",
		},
		"java": map[string]any{
			"buildFiles":                      "gradle",
			"gradleNexusPublishPluginVersion": "2.0.0",
			"dependencies": map[string]any{
				"com.pulumi:pulumi":               "1.0.0",
				"com.google.code.gson:gson":       "2.8.9",
				"com.google.code.findbugs:jsr305": "3.0.2",
			},
		},
	},
}
