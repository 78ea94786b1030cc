// Package remote runs commands on other machines, and copies files to them, over SSH.
package remote

import (
	"net"
	"strconv"
	"time"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// What holds where a connection leaves it open.
const (
	defaultUser           = "root"
	defaultPort           = 22
	defaultDialErrorLimit = 10
	defaultPerDialTimeout = 15 // seconds
)

// unlimitedDialErrors is the dialErrorLimit with which dialling goes on until it succeeds or is cancelled.
const unlimitedDialErrors = -1

// Endpoint is an SSH server and how to log in to it. DialErrorLimit counts failed attempts that are followed by
// another one; PerDialTimeout is in seconds, 0 for none; HostKey is a line as in an authorized_keys file.
type Endpoint struct {
	User               *string  `pulumi:"user,optional"`
	Password           *string  `pulumi:"password,optional" provider:"secret"`
	Host               *string  `pulumi:"host"`
	Port               *float64 `pulumi:"port,optional"`
	PrivateKey         *string  `pulumi:"privateKey,optional" provider:"secret"`
	PrivateKeyPassword *string  `pulumi:"privateKeyPassword,optional" provider:"secret"`
	AgentSocketPath    *string  `pulumi:"agentSocketPath,optional"`
	DialErrorLimit     *int     `pulumi:"dialErrorLimit,optional"`
	PerDialTimeout     *int     `pulumi:"perDialTimeout,optional"`
	HostKey            *string  `pulumi:"hostKey,optional"`
}

// Annotate describes the properties in the schema and gives their defaults.
func (e *Endpoint) Annotate(a infer.Annotator) {
	a.Describe(&e.User, "The user to log in as.")
	a.SetDefault(&e.User, defaultUser)
	a.Describe(&e.Password, "The user's password.")
	a.Describe(&e.Host, "The name or address of the SSH server.")
	a.Describe(&e.Port, "The port of the SSH server.")
	a.SetDefault(&e.Port, defaultPort)
	a.Describe(&e.PrivateKey, "A private key (its text, not its path). It is tried before the password.")
	a.Describe(&e.PrivateKeyPassword, "The passphrase of an encrypted private key.")
	a.Describe(&e.AgentSocketPath, "The socket of an SSH agent. `SSH_AUTH_SOCK` if not given, on Windows OpenSSH's pipe.")
	a.Describe(&e.DialErrorLimit, "How many failed attempts to connect are followed by another one. -1: all of them.")
	a.SetDefault(&e.DialErrorLimit, defaultDialErrorLimit)
	a.Describe(&e.PerDialTimeout, "How many seconds an attempt to connect may take. 0: as long as it takes.")
	a.SetDefault(&e.PerDialTimeout, defaultPerDialTimeout)
	a.Describe(&e.HostKey, "The server's public key. If not given, any key is accepted.")
}

func (e Endpoint) address() string {
	port := int(valueOr(e.Port, defaultPort))
	return net.JoinHostPort(valueOr(e.Host, ""), strconv.Itoa(port))
}

func (e Endpoint) timeout() time.Duration {
	return time.Duration(valueOr(e.PerDialTimeout, defaultPerDialTimeout)) * time.Second
}

func (e Endpoint) dialErrorLimit() int {
	return valueOr(e.DialErrorLimit, defaultDialErrorLimit)
}

// Connection is the type command:remote:Connection: an SSH server, reached by way of another one if Proxy is set.
type Connection struct {
	Endpoint
	Proxy *ProxyConnection `pulumi:"proxy,optional"`
}

// Annotate describes the type in the schema.
func (c *Connection) Annotate(a infer.Annotator) {
	a.Describe(&c, "An SSH server and how to log in to it.")
	a.Describe(&c.Proxy, "The SSH server through which to reach this one.")
}

// ProxyConnection is the type command:remote:ProxyConnection: an SSH server that forwards connections.
type ProxyConnection struct{ Endpoint }

// Annotate describes the type in the schema.
func (c *ProxyConnection) Annotate(a infer.Annotator) {
	a.Describe(&c, "An SSH server that forwards connections to another one, and how to log in to it.")
}

func valueOr[T any](value *T, fallback T) T {
	if value == nil {
		return fallback
	}
	return *value
}
