package provider

import (
	"testing"

	"github.com/blang/semver"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func start(t *testing.T) integration.Server {
	t.Helper()
	server, err := integration.NewServer(
		t.Context(), Name, semver.MustParse("1.2.1"), integration.WithProvider(New()))
	require.NoError(t, err)
	return server
}

func urn(token tokens.Type) resource.URN {
	return resource.NewURN("stack", "project", "", token, "name")
}

// properties makes a property map out of plain values and property values.
func properties(values map[string]any) property.Map {
	m := map[string]property.Value{}
	for name, value := range values {
		m[name] = of(value)
	}
	return property.NewMap(m)
}

func of(value any) property.Value {
	switch value := value.(type) {
	case property.Value:
		return value
	case map[string]any:
		return property.New(properties(value))
	case []any:
		var elements []property.Value
		for _, element := range value {
			elements = append(elements, of(element))
		}
		return property.New(property.NewArray(elements))
	case string:
		return property.New(value)
	case float64:
		return property.New(value)
	case bool:
		return property.New(value)
	default:
		panic(value)
	}
}

type values = map[string]any

var (
	unknown = property.New(property.Computed)
	secret  = func(value any) property.Value { return of(value).WithSecret(true) }
)

func TestCheckFillsInTheDefaultsOfAConnection(t *testing.T) {
	defaults := func(host string, more values) values {
		filled := values{"host": host, "port": 22.0, "user": "root", "dialErrorLimit": 10.0, "perDialTimeout": 15.0}
		for name, value := range more {
			filled[name] = value
		}
		return filled
	}
	for name, c := range map[string]struct{ given, want values }{
		"all":        {values{"host": "h"}, defaults("h", nil)},
		"those open": {values{"host": "h", "port": 2222.0}, defaults("h", values{"port": 2222.0})},
		"of the proxy": {
			values{"host": "h", "proxy": values{"host": "p"}}, defaults("h", values{"proxy": defaults("p", nil)}),
		},
		"secrets": {
			values{"host": "h", "password": "p", "privateKey": "k", "privateKeyPassword": "kp"},
			defaults("h", values{"password": secret("p"), "privateKey": secret("k"), "privateKeyPassword": secret("kp")}),
		},
	} {
		t.Run(name, func(t *testing.T) {
			resp, err := start(t).Check(p.CheckRequest{
				Urn: urn("command:remote:Command"), Inputs: properties(values{"connection": c.given}),
			})
			require.NoError(t, err)
			assert.Empty(t, resp.Failures)
			assert.Equal(t, properties(values{"connection": secret(c.want)}), resp.Inputs)
		})
	}
}

func TestCheckFailures(t *testing.T) {
	for name, c := range map[string]struct {
		token  tokens.Type
		inputs values
		want   []p.CheckFailure
	}{
		"local, nothing given": {"command:local:Command", values{}, nil},
		"local, wrong type": {"command:local:Command", values{"create": 5.0}, []p.CheckFailure{
			{Property: "create", Reason: "Field 'create' on 'local.CommandInputs' must be a 'string'; got 'float64' instead"},
		}},
		"remote, no connection": {"command:remote:Command", values{}, []p.CheckFailure{
			{Property: "connection", Reason: "Missing required field 'connection' on 'remote.CommandInputs'"},
		}},
		"remote, no host": {"command:remote:Command", values{"connection": values{}}, []p.CheckFailure{
			{Property: "connection", Reason: "An error occurred decoding 'CommandInputs.connection': 1 failures decoding:\n" +
				"\thost: Missing required field 'host' on 'remote.Connection'"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			resp, err := start(t).Check(p.CheckRequest{Urn: urn(c.token), Inputs: properties(c.inputs)})
			require.NoError(t, err)
			assert.Equal(t, c.want, resp.Failures)
		})
	}
}

func TestPreviewOfACreation(t *testing.T) {
	for name, c := range map[string]struct {
		token        tokens.Type
		inputs, want values
	}{
		"local": {
			"command:local:Command",
			values{"create": "exit 1", "environment": values{"A": unknown}, "assetPaths": []any{"*"}},
			values{
				"create": "exit 1", "environment": values{"A": unknown}, "assetPaths": []any{"*"},
				"stdout": unknown, "stderr": unknown,
			},
		},
		"remote": {
			"command:remote:Command",
			values{"create": unknown, "connection": secret(values{"host": "h"})},
			values{"create": unknown, "connection": secret(values{"host": "h"}), "stdout": unknown, "stderr": unknown},
		},
	} {
		t.Run(name, func(t *testing.T) {
			resp, err := start(t).Create(p.CreateRequest{
				Urn: urn(c.token), Properties: properties(c.inputs), DryRun: true,
			})
			require.NoError(t, err)
			assert.Equal(t, properties(c.want), resp.Properties)
		})
	}
}

// What a command writes is no secret because its inputs are: programs say so with additionalSecretOutputs.
func TestSecretsStayWhatTheyAre(t *testing.T) {
	for name, inputs := range map[string]values{
		"create":      {"create": secret("echo x")},
		"environment": {"create": "echo x", "environment": values{"A": secret("b")}},
		"stdin":       {"create": "cat", "stdin": secret("x")},
		"none":        {"create": "echo x"},
	} {
		t.Run(name, func(t *testing.T) {
			resp, err := start(t).Create(p.CreateRequest{
				Urn: urn("command:local:Command"), Properties: properties(inputs),
			})
			require.NoError(t, err)
			want := values{"stdout": "x", "stderr": ""}
			for input, value := range inputs {
				want[input] = value
			}
			assert.Equal(t, properties(want), resp.Properties)
		})
	}
}

func TestDiff(t *testing.T) {
	old := values{"create": "a", "triggers": []any{"t"}}
	for name, c := range map[string]struct {
		inputs values
		want   map[string]p.DiffKind
	}{
		"nothing":          {old, map[string]p.DiffKind{}},
		"command":          {values{"create": "b", "triggers": []any{"t"}}, map[string]p.DiffKind{"create": p.Update}},
		"triggers removed": {values{"create": "a"}, map[string]p.DiffKind{"triggers": p.DeleteReplace}},
		// The engine makes a replacement of it: @pulumi/command passes on the schema's replaceOnChanges.
		"trigger changed": {
			values{"create": "a", "triggers": []any{"u"}}, map[string]p.DiffKind{"triggers[0]": p.Update},
		},
	} {
		t.Run(name, func(t *testing.T) {
			resp, err := start(t).Diff(p.DiffRequest{
				ID: "id", Urn: urn("command:local:Command"),
				State: properties(old), OldInputs: properties(old), Inputs: properties(c.inputs),
			})
			require.NoError(t, err)
			kinds := map[string]p.DiffKind{}
			for path, change := range resp.DetailedDiff {
				kinds[path] = change.Kind
			}
			assert.Equal(t, c.want, kinds)
			assert.Equal(t, len(c.want) > 0, resp.HasChanges)
		})
	}
}
