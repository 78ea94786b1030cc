// Package sshtest gives tests an SSH server on a loopback port: it runs commands with /bin/sh, serves files, and
// forwards connections.
package sshtest

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"net"
	"path"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
)

// Password is the one that lets a user in, whatever the user's name.
const Password = "let-me-in"

// Options changes how a server behaves. The zero value is a server that refuses every environment variable.
type Options struct {
	AcceptEnv     string        // names of the variables to accept, as a pattern of package path
	AuthorizedKey ssh.PublicKey // a key that lets a user in, besides the password
	Dropped       int32         // how many connections to close before one is served
	Dir           string        // where relative paths of files begin
	Prompt        string        // the question of a keyboard-interactive login, which then replaces the plain password
}

// Server is a running server. Its counters may be read at any time.
type Server struct {
	Host        string
	Port        int
	HostKey     ssh.PublicKey
	Connections atomic.Int32  // accepted, those dropped included
	Forwarded   atomic.Int32  // connections forwarded to other servers
	Closed      chan struct{} // receives once for each served connection that has ended

	options Options
	config  *ssh.ServerConfig
	open    sync.Map
}

// Start runs a server until the test ends.
func Start(t testing.TB, options Options) *Server {
	t.Helper()
	hostKey := NewKey(t)
	s := &Server{HostKey: hostKey.PublicKey(), Closed: make(chan struct{}, 100), options: options}
	s.config = serverConfig(options)
	s.config.AddHostKey(hostKey)

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().(*net.TCPAddr)
	s.Host, s.Port = address.IP.String(), address.Port
	go s.accept(listener)
	t.Cleanup(func() {
		listener.Close()
		s.open.Range(func(connection, _ any) bool { connection.(net.Conn).Close(); return true })
	})
	return s
}

// NewKey returns a fresh key pair.
func NewKey(t testing.TB) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	signer, err := ssh.NewSignerFromSigner(private)
	require.NoError(t, err)
	return signer
}

func serverConfig(options Options) *ssh.ServerConfig {
	refused := errors.New("refused")
	config := &ssh.ServerConfig{
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if options.AuthorizedKey != nil && string(key.Marshal()) == string(options.AuthorizedKey.Marshal()) {
				return nil, nil
			}
			return nil, refused
		},
	}
	if options.Prompt == "" {
		config.PasswordCallback = func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			if string(password) == Password {
				return nil, nil
			}
			return nil, refused
		}
		return config
	}
	config.KeyboardInteractiveCallback = func(
		_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge,
	) (*ssh.Permissions, error) {
		answers, err := ask("", "", []string{options.Prompt}, []bool{false})
		if err == nil && answers[0] != Password {
			err = refused
		}
		return nil, err
	}
	return config
}

func (s *Server) accept(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		if s.Connections.Add(1) <= s.options.Dropped {
			connection.Close()
			continue
		}
		s.open.Store(connection, nil)
		go s.serve(connection)
	}
}

func (s *Server) serve(connection net.Conn) {
	server, channels, requests, err := ssh.NewServerConn(connection, s.config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for channel := range channels {
		switch channel.ChannelType() {
		case "session":
			go s.session(channel)
		case "direct-tcpip":
			go s.forward(channel)
		default:
			_ = channel.Reject(ssh.UnknownChannelType, "")
		}
	}
	_ = server.Wait()
	s.Closed <- struct{}{}
}

func (s *Server) accepts(variable string) bool {
	accepted, err := path.Match(s.options.AcceptEnv, variable)
	return err == nil && accepted
}
