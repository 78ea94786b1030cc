package local

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"container-network-labs/stand-ins/command/lifecycle"
)

// journal returns inputs whose commands each leave their name in a file, and a function that reads the file.
func journal(t *testing.T, steps ...string) (CommandInputs, func() string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "journal")
	in := CommandInputs{Process: Process{Environment: &map[string]string{"JOURNAL": file}}}
	for _, step := range steps {
		text := ref("echo " + step + "[$PULUMI_COMMAND_STDOUT] | tee -a $JOURNAL")
		switch step {
		case "create":
			in.Create = text
		case "update":
			in.Update = text
		case "delete":
			in.Delete = text
		}
	}
	return in, func() string {
		content, err := os.ReadFile(file)
		if !os.IsNotExist(err) {
			require.NoError(t, err)
		}
		return strings.ReplaceAll(string(content), "\n", " ")
	}
}

// live takes a resource through creation, an update and deletion, and returns its outputs after the first two.
func live(t *testing.T, in CommandInputs, dryRun bool) (created, updated CommandOutputs) {
	t.Helper()
	ctx, command := context.Background(), &Command{}
	c, err := command.Create(ctx, infer.CreateRequest[CommandInputs]{Name: "name", Inputs: in, DryRun: dryRun})
	require.NoError(t, err)
	assert.Regexp(t, "^name[0-9a-f]{8}$", c.ID)
	u, err := command.Update(ctx, infer.UpdateRequest[CommandInputs, CommandOutputs]{
		State: c.Output, Inputs: in, DryRun: dryRun,
	})
	require.NoError(t, err)
	if !dryRun {
		_, err = command.Delete(ctx, infer.DeleteRequest[CommandOutputs]{State: u.Output})
		require.NoError(t, err)
	}
	return c.Output, u.Output
}

func TestLife(t *testing.T) {
	for _, c := range []struct {
		steps []string
		want  string
	}{
		{[]string{"create", "update", "delete"}, "create[] update[create[]] delete[update[create[]]] "},
		{[]string{"create", "delete"}, "create[] create[create[]] delete[create[create[]]] "},
		{[]string{"create"}, "create[] create[create[]] "},
		{[]string{"update"}, "update[] "},
		{[]string{"delete"}, "delete[] "},
		{nil, ""},
	} {
		in, written := journal(t, c.steps...)
		live(t, in, false)
		assert.Equal(t, c.want, written(), "%q", c.steps)
	}
}

func TestPreviewRunsNothing(t *testing.T) {
	in, written := journal(t, "create", "update", "delete")
	created, updated := live(t, in, true)
	assert.Empty(t, written())
	assert.Empty(t, created.Stdout)
	assert.Empty(t, updated.Stdout)
}

func TestUpdateWithNothingToRunKeepsTheResults(t *testing.T) {
	in := CommandInputs{Commands: lifecycle.Commands{Delete: ref("true")}}
	state := CommandOutputs{Results: Results{Stdout: "out", Stderr: "err"}}
	resp, err := (&Command{}).Update(context.Background(), infer.UpdateRequest[CommandInputs, CommandOutputs]{
		State: state, Inputs: in,
	})
	require.NoError(t, err)
	assert.Equal(t, CommandOutputs{CommandInputs: in, Results: state.Results}, resp.Output)
}

func TestFailedStepsAreErrors(t *testing.T) {
	ctx, command := context.Background(), &Command{}
	in := CommandInputs{Commands: lifecycle.Commands{Create: ref("exit 1"), Update: ref("exit 2"), Delete: ref("exit 3")}}
	state := CommandOutputs{CommandInputs: in}
	_, err := command.Create(ctx, infer.CreateRequest[CommandInputs]{Inputs: in})
	assert.ErrorContains(t, err, "exit status 1")
	_, err = command.Update(ctx, infer.UpdateRequest[CommandInputs, CommandOutputs]{State: state, Inputs: in})
	assert.ErrorContains(t, err, "exit status 2")
	_, err = command.Delete(ctx, infer.DeleteRequest[CommandOutputs]{State: state})
	assert.ErrorContains(t, err, "exit status 3")
}

func TestRun(t *testing.T) {
	in := RunInputs{Command: "cat", Process: Process{Stdin: ref("text")}}
	resp, err := (&Run{}).Invoke(context.Background(), infer.FunctionRequest[RunInputs]{Input: in})
	require.NoError(t, err)
	assert.Equal(t, RunOutputs{RunInputs: in, Results: Results{Stdout: "text"}}, resp.Output)
}
