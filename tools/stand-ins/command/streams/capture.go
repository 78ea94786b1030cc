package streams

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	p "github.com/pulumi/pulumi-go-provider"
)

// Capture keeps what one run of a command writes and passes it on to the Pulumi log line by line, while it runs.
type Capture struct {
	Stdout, Stderr io.Writer

	stdout, stderr bytes.Buffer
	both           bytes.Buffer
	log            lineWriter
}

// NewCapture returns a Capture that logs the streams which logging names, both if it is nil, as the status of the
// resource that ctx belongs to.
func NewCapture[T ~string](ctx context.Context, logging *T) *Capture {
	c := &Capture{log: lineWriter{emit: p.GetLogger(ctx).InfoStatus}}
	log, both := locked(&c.log), locked(&c.both)
	toLog := func(stream T) io.Writer {
		if logged(logging, stream) {
			return log
		}
		return io.Discard
	}
	c.Stdout = io.MultiWriter(&c.stdout, both, toLog(stdout))
	c.Stderr = io.MultiWriter(&c.stderr, both, toLog(stderr))
	return c
}

// Finish logs a last line that lacks its newline and returns both outputs, each without one trailing newline. It may
// be called only when the command has ended. With the failure of the command, if there is one, it returns an error
// that holds the command and all that it wrote, in the order in which it was written.
func (c *Capture) Finish(command string, failure error) (stdout, stderr string, err error) {
	c.log.flush()
	if failure != nil {
		return "", "", fmt.Errorf("%w: running %q:\n%s", failure, command, c.both.String())
	}
	return strings.TrimSuffix(c.stdout.String(), "\n"), strings.TrimSuffix(c.stderr.String(), "\n"), nil
}

// lockedWriter is for writers that are shared by the two streams, each of which is copied by a goroutine of its own.
type lockedWriter struct {
	mutex sync.Mutex
	inner io.Writer
}

func locked(w io.Writer) io.Writer { return &lockedWriter{inner: w} }

func (w *lockedWriter) Write(data []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.inner.Write(data)
}
