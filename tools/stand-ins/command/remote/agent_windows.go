//go:build windows

package remote

import (
	"net"
	"time"

	"github.com/Microsoft/go-winio"
)

// openSSHPipe is where the agent service of Windows' OpenSSH listens.
const openSSHPipe = `\\.\pipe\openssh-ssh-agent`

// defaultAgentSocket returns the empty string if OpenSSH's agent does not answer at once.
func defaultAgentSocket() string {
	timeout := 100 * time.Millisecond
	connection, err := winio.DialPipe(openSSHPipe, &timeout)
	if err != nil {
		return ""
	}
	connection.Close()
	return openSSHPipe
}

func dialAgent(pipe string) (net.Conn, error) {
	return winio.DialPipe(pipe, nil)
}
