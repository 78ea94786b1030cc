package local

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func ref[T any](value T) *T { return &value }

// output runs a command that must succeed and returns what it wrote to its standard output.
func output(t *testing.T, in Process, command string, previous Results) string {
	t.Helper()
	results, err := in.run(context.Background(), command, previous)
	require.NoError(t, err)
	return results.Stdout
}

func TestRunKeepsBothStreams(t *testing.T) {
	results, err := Process{}.run(context.Background(), "echo out; echo err >&2", Results{})
	require.NoError(t, err)
	assert.Equal(t, Results{Stdout: "out", Stderr: "err"}, results)
}

func TestRunFails(t *testing.T) {
	previous := Results{Stdout: "before"}
	results, err := Process{}.run(context.Background(), "echo out; sleep 0.1; echo err >&2; exit 7", previous)
	assert.EqualError(t, err, "exit status 7: running \"echo out; sleep 0.1; echo err >&2; exit 7\":\nout\nerr\n")
	assert.Equal(t, previous, results)
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, 7, exit.ExitCode())
}

func TestStdin(t *testing.T) {
	assert.Equal(t, "a\nb", output(t, Process{Stdin: ref("a\nb\n")}, "cat", Results{}))
	assert.Equal(t, "", output(t, Process{Stdin: ref("")}, "cat", Results{}))
	assert.Equal(t, "", output(t, Process{}, "cat", Results{}), "not the plugin's own standard input")
}

func TestInterpreter(t *testing.T) {
	assert.Equal(t, "-n a b", output(t, Process{Interpreter: &[]string{"echo", "-n a"}}, "b", Results{}))
	assert.Equal(t, "x", output(t, Process{Interpreter: &[]string{}}, "printf x", Results{}))
	_, err := Process{Interpreter: &[]string{"/no/such"}}.run(context.Background(), "x", Results{})
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestDirectory(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	assert.Equal(t, dir, output(t, Process{Dir: &dir}, "pwd", Results{}))
	_, err = Process{Dir: ref(dir + "/none")}.run(context.Background(), "pwd", Results{})
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestEnvironment(t *testing.T) {
	t.Setenv("FROM_PULUMI", "kept")
	t.Setenv("REPLACED", "old")
	in := Process{Environment: &map[string]string{"REPLACED": "new", "ADDED": "$HOME"}}
	assert.Equal(t, "kept new $HOME", output(t, in, "echo $FROM_PULUMI $REPLACED $ADDED", Results{}))
}

func TestPreviousOutputInEnvironment(t *testing.T) {
	const show = "echo [$PULUMI_COMMAND_STDOUT] [$PULUMI_COMMAND_STDERR]"
	previous := Results{Stdout: "out", Stderr: "err"}
	own := &map[string]string{"PULUMI_COMMAND_STDOUT": "own"}
	for name, c := range map[string]struct {
		in       Process
		previous Results
		want     string
	}{
		"first run":        {Process{}, Results{}, "[] []"},
		"by default":       {Process{}, previous, "[out] [err]"},
		"on":               {Process{AddPreviousOutputInEnv: ref(true)}, previous, "[out] [err]"},
		"off":              {Process{AddPreviousOutputInEnv: ref(false)}, previous, "[] []"},
		"before one's own": {Process{Environment: own}, previous, "[out] [err]"},
		"off, one's own":   {Process{Environment: own, AddPreviousOutputInEnv: ref(false)}, previous, "[own] []"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, output(t, c.in, show, c.previous))
		})
	}
}

func TestCancelledContextEndsTheCommand(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_, err := Process{}.run(ctx, "echo begun; exec sleep 30", Results{})
	assert.EqualError(t, err, "signal: killed: running \"echo begun; exec sleep 30\":\nbegun\n")
	assert.Less(t, time.Since(begin), 10*time.Second)
}
