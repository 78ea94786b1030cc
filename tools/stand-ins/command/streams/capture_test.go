package streams

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// linesOf returns what a lineWriter emits for the given writes.
func linesOf(writes ...string) (lines []string) {
	w := &lineWriter{emit: func(line string) { lines = append(lines, line) }}
	for _, text := range writes {
		_, _ = io.WriteString(w, text)
	}
	w.flush()
	return lines
}

func TestLines(t *testing.T) {
	long := strings.Repeat("x", longestLine)
	for name, c := range map[string]struct{ writes, lines []string }{
		"nothing":              {nil, nil},
		"one line":             {[]string{"a\n"}, []string{"a"}},
		"no newline at end":    {[]string{"a\nb"}, []string{"a", "b"}},
		"empty lines":          {[]string{"\n\na\n"}, []string{"", "", "a"}},
		"carriage returns":     {[]string{"a\r\nb\rc\r\n", "d\r"}, []string{"a", "b\rc", "d"}},
		"line in pieces":       {[]string{"a", "b", "c\nd", "e\n"}, []string{"abc", "de"}},
		"longest line":         {[]string{long + "\n"}, []string{long}},
		"too long":             {[]string{long, "yz\nnext"}, []string{long, "yz", "next"}},
		"too long, no newline": {[]string{long + long + "z"}, []string{long, long, "z"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.lines, linesOf(c.writes...))
		})
	}
}

// logOf runs f and returns all that was logged meanwhile: without an engine, messages go to the default logger.
func logOf(t *testing.T, f func(ctx context.Context)) string {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	f(context.Background())
	return log.String()
}

func TestCaptureLogsWhatIsAskedFor(t *testing.T) {
	none, both, out, err := "none", "stdoutAndStderr", "stdout", "stderr"
	for _, c := range []struct {
		logging        *string
		stdout, stderr bool
	}{{nil, true, true}, {&both, true, true}, {&out, true, false}, {&err, false, true}, {&none, false, false}} {
		t.Run(fmt.Sprint(c.stdout, c.stderr), func(t *testing.T) {
			log := logOf(t, func(ctx context.Context) {
				capture := NewCapture(ctx, c.logging)
				_, _ = io.WriteString(capture.Stdout, "to stdout\n")
				_, _ = io.WriteString(capture.Stderr, "to stderr\n")
				stdout, stderr, failure := capture.Finish("command", nil)
				require.NoError(t, failure)
				assert.Equal(t, "to stdout", stdout)
				assert.Equal(t, "to stderr", stderr)
			})
			assert.Equal(t, c.stdout, strings.Contains(log, "to stdout"))
			assert.Equal(t, c.stderr, strings.Contains(log, "to stderr"))
		})
	}
}

func TestCaptureTakesOneNewlineOff(t *testing.T) {
	capture := NewCapture[string](context.Background(), nil)
	_, _ = io.WriteString(capture.Stdout, "a\n\n")
	_, _ = io.WriteString(capture.Stderr, "b\r\n")
	stdout, stderr, err := capture.Finish("command", nil)
	require.NoError(t, err)
	assert.Equal(t, "a\n", stdout)
	assert.Equal(t, "b\r", stderr)
}

func TestCaptureTellsOfFailures(t *testing.T) {
	cause := errors.New("exit status 3")
	capture := NewCapture[string](context.Background(), nil)
	_, _ = io.WriteString(capture.Stdout, "one\n")
	_, _ = io.WriteString(capture.Stderr, "two\n")
	_, _ = io.WriteString(capture.Stdout, "three\n")
	_, _, err := capture.Finish(`say "it"`, cause)
	assert.ErrorIs(t, err, cause)
	assert.EqualError(t, err, "exit status 3: running \"say \\\"it\\\"\":\none\ntwo\nthree\n")
}

func TestPrevious(t *testing.T) {
	yes, no := true, false
	both := []Variable{{"PULUMI_COMMAND_STDOUT", "out"}, {"PULUMI_COMMAND_STDERR", "err"}}
	assert.Equal(t, both, Previous(nil, "out", "err"))
	assert.Equal(t, both, Previous(&yes, "out", "err"))
	assert.Equal(t, both[:1], Previous(nil, "out", ""))
	assert.Equal(t, both[1:], Previous(nil, "", "err"))
	assert.Empty(t, Previous(nil, "", ""))
	assert.Empty(t, Previous(&no, "out", "err"))
}
