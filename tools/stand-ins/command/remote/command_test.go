package remote

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
	"container-network-labs/stand-ins/command/sshtest"
)

func TestRunKeepsBothStreams(t *testing.T) {
	log := captureLog(t)
	in := CommandInputs{Connection: connection(sshtest.Start(t, sshtest.Options{})), Logging: ref(Logging("stderr"))}
	results, err := in.run(context.Background(), "echo said; echo complained >&2", Results{})
	require.NoError(t, err)
	assert.Equal(t, Results{Stdout: "said", Stderr: "complained"}, results)
	assert.Contains(t, log.String(), "complained")
	assert.NotContains(t, log.String(), "said")
}

func TestRunFails(t *testing.T) {
	captureLog(t)
	in := CommandInputs{Connection: connection(sshtest.Start(t, sshtest.Options{}))}
	previous := Results{Stdout: "before"}
	results, err := in.run(context.Background(), "echo out; exit 7", previous)
	assert.EqualError(t, err, "Process exited with status 7: running \"echo out; exit 7\":\nout\n")
	assert.Equal(t, previous, results)
}

func TestRunClosesItsConnection(t *testing.T) {
	captureLog(t)
	server := sshtest.Start(t, sshtest.Options{})
	_, err := CommandInputs{Connection: connection(server)}.run(context.Background(), "true", Results{})
	require.NoError(t, err)
	<-server.Closed
}

func TestStdin(t *testing.T) {
	captureLog(t)
	in := CommandInputs{Connection: connection(sshtest.Start(t, sshtest.Options{})), Stdin: ref("a\nb\n")}
	results, err := in.run(context.Background(), "cat", Results{})
	require.NoError(t, err)
	assert.Equal(t, "a\nb", results.Stdout)
}

func TestEnvironment(t *testing.T) {
	const show = "echo $LAB_A [$PULUMI_COMMAND_STDOUT] [$PULUMI_COMMAND_STDERR]"
	previous := Results{Stdout: "out", Stderr: "err"}
	for name, c := range map[string]struct {
		accept  string
		enabled *bool
		want    string
		warned  []string
	}{
		"all accepted":         {"*", nil, "a [out] [err]", nil},
		"previous output off":  {"*", ref(false), "a [] []", nil},
		"previous output lost": {"LAB_*", nil, "a [] []", []string{"PULUMI_COMMAND_STDOUT", "PULUMI_COMMAND_STDERR"}},
		"previous output kept": {"LAB_*", ref(false), "a [] []", nil},
	} {
		t.Run(name, func(t *testing.T) {
			log := captureLog(t)
			in := CommandInputs{
				Connection:             connection(sshtest.Start(t, sshtest.Options{AcceptEnv: c.accept})),
				Environment:            map[string]string{"LAB_A": "a"},
				AddPreviousOutputInEnv: c.enabled,
				Logging:                ref(Logging("none")),
			}
			results, err := in.run(context.Background(), show, previous)
			require.NoError(t, err)
			assert.Equal(t, c.want, results.Stdout)
			assert.Equal(t, len(c.warned), strings.Count(log.String(), "level=WARN"))
			for _, name := range c.warned {
				assert.Contains(t, log.String(), "Unable to set '"+name+"'")
			}
		})
	}
}

func TestRefusedVariableIsAnError(t *testing.T) {
	log := captureLog(t)
	ran := filepath.Join(t.TempDir(), "ran")
	in := CommandInputs{
		Connection:  connection(sshtest.Start(t, sshtest.Options{AcceptEnv: "LAB_*"})),
		Environment: map[string]string{"OTHER": "x"},
	}
	_, err := in.run(context.Background(), "touch "+ran, Results{})
	assert.EqualError(t, err, `could not set environment variable "OTHER": ssh: setenv failed`)
	assert.Contains(t, log.String(), "level=ERROR")
	assert.Contains(t, log.String(), "AcceptEnv")
	assert.NoFileExists(t, ran)
}

func TestLife(t *testing.T) {
	text := func(step string) *string { return ref("echo " + step + "[$PULUMI_COMMAND_STDOUT] | tee -a JOURNAL") }
	for _, c := range []struct {
		commands lifecycle.Commands
		want     string
	}{
		{
			lifecycle.Commands{Create: text("create"), Update: text("update"), Delete: text("delete")},
			"create[] update[create[]] delete[update[create[]]] ",
		},
		{lifecycle.Commands{Create: text("create")}, "create[] create[create[]] "},
		{lifecycle.Commands{Update: text("update")}, "update[] "},
		{lifecycle.Commands{}, ""},
	} {
		captureLog(t)
		file := filepath.Join(t.TempDir(), "journal")
		for _, command := range []*string{c.commands.Create, c.commands.Update, c.commands.Delete} {
			if command != nil {
				*command = strings.ReplaceAll(*command, "JOURNAL", file)
			}
		}
		server := sshtest.Start(t, sshtest.Options{AcceptEnv: "*"})
		in := CommandInputs{Commands: c.commands, Connection: connection(server)}

		live(t, in, true)
		assert.NoFileExists(t, file, "a preview runs nothing")
		assert.Zero(t, server.Connections.Load(), "a preview needs no server")

		live(t, in, false)
		content, _ := os.ReadFile(file)
		assert.Equal(t, c.want, strings.ReplaceAll(string(content), "\n", " "))
	}
}

// live takes a resource through creation, an update and, unless it is a dry run, deletion.
func live(t *testing.T, in CommandInputs, dryRun bool) {
	t.Helper()
	ctx, command := context.Background(), &Command{}
	created, err := command.Create(ctx, infer.CreateRequest[CommandInputs]{Name: "name", Inputs: in, DryRun: dryRun})
	require.NoError(t, err)
	assert.Regexp(t, "^name[0-9a-f]{8}$", created.ID)
	updated, err := command.Update(ctx, infer.UpdateRequest[CommandInputs, CommandOutputs]{
		State: created.Output, Inputs: in, DryRun: dryRun,
	})
	require.NoError(t, err)
	if !dryRun {
		_, err = command.Delete(ctx, infer.DeleteRequest[CommandOutputs]{State: updated.Output})
		require.NoError(t, err)
	}
}
