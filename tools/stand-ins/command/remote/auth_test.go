package remote

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"net"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"container-network-labs/stand-ins/command/sshtest"
)

// dialError tries once to log in.
func dialError(c *Connection) error {
	client, err := new(dialer).dial(context.Background(), c)
	if err == nil {
		client.Close()
	}
	return err
}

func TestHostKey(t *testing.T) {
	t.Setenv("SSH_AUTH_SOCK", "")
	server := sshtest.Start(t, sshtest.Options{})
	c := connection(server)
	assert.NoError(t, dialError(c), "any key if none is expected")

	c.HostKey = ref(string(ssh.MarshalAuthorizedKey(server.HostKey)))
	assert.NoError(t, dialError(c))

	c.HostKey = ref(string(ssh.MarshalAuthorizedKey(sshtest.NewKey(t).PublicKey())))
	assert.EqualError(t, dialError(c), "after 0 failed attempts: ssh: handshake failed: ssh: host key mismatch")

	before := server.Connections.Load()
	c.HostKey = ref("nonsense")
	assert.ErrorContains(t, dialError(c), "failed to parse host key: ")
	assert.Equal(t, before, server.Connections.Load(), "bad settings are found before dialling")
}

func TestPassword(t *testing.T) {
	t.Setenv("SSH_AUTH_SOCK", "")
	for name, options := range map[string]sshtest.Options{"plain": {}, "interactive": {Prompt: "Password: "}} {
		t.Run(name, func(t *testing.T) {
			c := connection(sshtest.Start(t, options))
			assert.NoError(t, dialError(c))
			c.Password = ref("wrong")
			assert.ErrorContains(t, dialError(c), "unable to authenticate")
			c.Password = nil
			assert.ErrorContains(t, dialError(c), "unable to authenticate")
		})
	}
}

func TestPrivateKey(t *testing.T) {
	t.Setenv("SSH_AUTH_SOCK", "")
	for _, passphrase := range []string{"", "open sesame"} {
		t.Run(passphrase, func(t *testing.T) {
			text, public := privateKey(t, passphrase)
			c := connection(sshtest.Start(t, sshtest.Options{AuthorizedKey: public}))
			c.Password, c.PrivateKey = nil, &text
			if passphrase != "" {
				assert.ErrorContains(t, dialError(c), "passphrase protected")
				c.PrivateKeyPassword = ref("wrong")
				assert.Error(t, dialError(c))
				c.PrivateKeyPassword = &passphrase
			}
			assert.NoError(t, dialError(c))
			c.PrivateKey = ref("nonsense")
			assert.ErrorContains(t, dialError(c), "no key found")
		})
	}
}

func TestAgent(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	keys := agent.NewKeyring()
	require.NoError(t, keys.Add(agent.AddedKey{PrivateKey: private}))
	socket := filepath.Join(t.TempDir(), "agent")
	listener, err := net.Listen("unix", socket)
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	released := make(chan struct{}, 10)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_ = agent.ServeAgent(keys, connection)
			released <- struct{}{}
		}
	}()
	authorized, err := ssh.NewPublicKey(public)
	require.NoError(t, err)
	c := connection(sshtest.Start(t, sshtest.Options{AuthorizedKey: authorized}))
	c.Password = nil

	t.Setenv("SSH_AUTH_SOCK", socket)
	assert.NoError(t, dialError(c))
	<-released

	t.Setenv("SSH_AUTH_SOCK", "/no/such/agent")
	assert.ErrorContains(t, dialError(c), "/no/such/agent")
	c.AgentSocketPath = &socket
	assert.NoError(t, dialError(c), "the path given wins")

	t.Setenv("SSH_AUTH_SOCK", "")
	c.AgentSocketPath = nil
	assert.ErrorContains(t, dialError(c), "unable to authenticate")
}
