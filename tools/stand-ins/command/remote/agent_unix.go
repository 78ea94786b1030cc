//go:build !windows

package remote

import (
	"net"
	"os"
)

// defaultAgentSocket returns the empty string if no agent is announced.
func defaultAgentSocket() string {
	return os.Getenv("SSH_AUTH_SOCK")
}

func dialAgent(socket string) (net.Conn, error) {
	return net.Dial("unix", socket)
}
