package provider

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shape and the types after it are the parts of a Pulumi schema that a program notices.
type shape struct {
	Type                 string
	Ref                  string `json:"$ref"`
	Items                *shape
	AdditionalProperties *shape
	Default              any
	Secret               bool
	ReplaceOnChanges     bool
}

func (q shape) String() string {
	text := strings.NewReplacer("#/types/command:", "", "pulumi.json#/", "").Replace(q.Type + q.Ref)
	if q.Items != nil {
		text = q.Items.String() + "[]"
	}
	if q.AdditionalProperties != nil {
		text = "{" + q.AdditionalProperties.String() + "}"
	}
	if q.Default != nil {
		value, _ := json.Marshal(q.Default)
		text += "=" + string(value)
	}
	if q.Secret {
		text += " secret"
	}
	if q.ReplaceOnChanges {
		text += " replaces"
	}
	return text
}

type object struct {
	Properties map[string]shape
	Required   []string
	Enum       []struct{ Value string }
}

// String lists the properties, the required ones with an exclamation mark.
func (o object) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(o.Properties)) {
		mark := ": "
		if slices.Contains(o.Required, name) {
			mark = "!: "
		}
		parts = append(parts, name+mark+o.Properties[name].String())
	}
	for _, value := range o.Enum {
		parts = append(parts, value.Value)
	}
	return strings.Join(parts, ", ")
}

type packageSchema struct {
	Name, Version string
	Config        struct{ Variables map[string]shape }
	Types         map[string]object
	Resources     map[string]struct {
		object
		InputProperties    map[string]shape
		RequiredInputs     []string
		DeprecationMessage string
	}
	Functions map[string]struct{ Inputs, Outputs object }
}

const (
	processShape = "addPreviousOutputInEnv: boolean, archivePaths: string[], assetPaths: string[], "
	restShape    = "dir: string, environment: {string}, interpreter: string[], logging: local:Logging"
	resultShape  = "archive: Archive, archivePaths: string[], assetPaths: string[], assets: {Asset}, "
	remoteShape  = "addPreviousOutputInEnv: boolean, connection!: remote:Connection secret, create: string, delete: string, " +
		"environment: {string}, logging: remote:Logging, "
	copyShape   = "connection!: remote:Connection secret, "
	serverShape = "agentSocketPath: string, dialErrorLimit: integer=10, host!: string, hostKey: string, " +
		"password: string secret, perDialTimeout: integer=15, port: number=22, privateKey: string secret, " +
		"privateKeyPassword: string secret, "
	loggingShape = "stdout, stderr, stdoutAndStderr, none"
)

func TestSchema(t *testing.T) {
	answer, err := start(t).GetSchema(p.GetSchemaRequest{})
	require.NoError(t, err)
	var schema packageSchema
	require.NoError(t, json.Unmarshal([]byte(answer.Schema), &schema))

	assert.Equal(t, "command", schema.Name)
	assert.Equal(t, "1.2.1", schema.Version)
	assert.Empty(t, schema.Config.Variables)

	shapes := map[string]string{}
	for token, o := range schema.Types {
		shapes[token] = o.String()
	}
	for token, r := range schema.Resources {
		shapes[token+" inputs"] = object{Properties: r.InputProperties, Required: r.RequiredInputs}.String()
		shapes[token] = r.String()
		assert.Equal(t, token == "command:remote:CopyFile", r.DeprecationMessage != "")
	}
	for token, f := range schema.Functions {
		shapes[token+" inputs"] = f.Inputs.String()
		shapes[token] = f.Outputs.String()
	}
	assert.Equal(t, map[string]string{
		"command:local:Logging":          loggingShape,
		"command:remote:Logging":         loggingShape,
		"command:remote:Connection":      serverShape + "proxy: remote:ProxyConnection, user: string=\"root\"",
		"command:remote:ProxyConnection": serverShape + "user: string=\"root\"",
		"command:local:Command inputs": processShape + "create: string, delete: string, " + restShape +
			", stdin: string, triggers: Any[] replaces, update: string",
		"command:local:Command": "addPreviousOutputInEnv: boolean, " + resultShape + "create: string, delete: string, " + restShape +
			", stderr!: string, stdin: string, stdout!: string, triggers: Any[] replaces, update: string",
		"command:local:run inputs": processShape + "command!: string, " + restShape + ", stdin: string",
		"command:local:run": "addPreviousOutputInEnv: boolean, " + resultShape + "command!: string, " + restShape +
			", stderr!: string, stdin: string, stdout!: string",
		"command:remote:Command inputs": remoteShape + "stdin: string, triggers: Any[] replaces, update: string",
		"command:remote:Command": remoteShape +
			"stderr!: string, stdin: string, stdout!: string, triggers: Any[] replaces, update: string",
		"command:remote:CopyToRemote inputs": copyShape + "remotePath!: string, source!: Asset, triggers: Any[] replaces",
		"command:remote:CopyToRemote":        copyShape + "remotePath!: string, source!: Asset, triggers: Any[] replaces",
		"command:remote:CopyFile inputs":     copyShape + "localPath!: string, remotePath!: string, triggers: Any[]",
		"command:remote:CopyFile":            copyShape + "localPath!: string, remotePath!: string, triggers: Any[]",
	}, shapes)
}
