package remote

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"log/slog"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/retry"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"container-network-labs/stand-ins/command/sshtest"
)

func ref[T any](value T) *T { return &value }

// endpoint returns how to log in to the server by its password, with no second attempt.
func endpoint(s *sshtest.Server) Endpoint {
	return Endpoint{
		Host: ref(s.Host), Port: ref(float64(s.Port)), Password: ref(sshtest.Password), DialErrorLimit: ref(0),
	}
}

func connection(s *sshtest.Server) *Connection { return &Connection{Endpoint: endpoint(s)} }

// hurried returns a dialer that does not wait, and the waits that it would have made.
func hurried() (*dialer, *[]time.Duration) {
	var waits []time.Duration
	return &dialer{retry.Retryer{After: func(wait time.Duration) <-chan time.Time {
		waits = append(waits, wait)
		now := make(chan time.Time, 1)
		now <- time.Now()
		return now
	}}}, &waits
}

// captureLog returns what is logged from now on until the test ends: without an engine, messages go to the default
// logger.
func captureLog(t *testing.T) *bytes.Buffer {
	t.Helper()
	t.Setenv("SSH_AUTH_SOCK", "")
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &log
}

// mustDial logs in and returns the client, which lives as long as the test.
func mustDial(t *testing.T, c *Connection) *ssh.Client {
	t.Helper()
	client, err := new(dialer).dial(context.Background(), c)
	require.NoError(t, err)
	t.Cleanup(func() { client.Close() })
	return client
}

// privateKey returns a new key as text, encrypted if there is a passphrase, and the public key.
func privateKey(t *testing.T, passphrase string) (string, ssh.PublicKey) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	signer, err := ssh.NewSignerFromSigner(private)
	require.NoError(t, err)
	var block *pem.Block
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(private, "")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte(passphrase))
	}
	require.NoError(t, err)
	return string(pem.EncodeToMemory(block)), signer.PublicKey()
}
