package sshtest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// session serves one command or one file transfer.
func (s *Server) session(offer ssh.NewChannel) {
	channel, requests, err := offer.Accept()
	if err != nil {
		return
	}
	defer channel.Close()
	var environment []string
	for request := range requests {
		switch request.Type {
		case "env":
			var variable struct{ Name, Value string }
			accepted := ssh.Unmarshal(request.Payload, &variable) == nil && s.accepts(variable.Name)
			if accepted {
				environment = append(environment, variable.Name+"="+variable.Value)
			}
			_ = request.Reply(accepted, nil)
		case "exec":
			var command struct{ Text string }
			_ = request.Reply(ssh.Unmarshal(request.Payload, &command) == nil, nil)
			status := run(channel, command.Text, environment)
			_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Code uint32 }{status}))
			return
		case "subsystem":
			_ = request.Reply(true, nil)
			if files, err := sftp.NewServer(channel, sftp.WithServerWorkingDirectory(s.options.Dir)); err == nil {
				_ = files.Serve()
			}
			return
		default:
			_ = request.Reply(false, nil)
		}
	}
}

func run(channel ssh.Channel, text string, environment []string) (status uint32) {
	command := exec.Command("/bin/sh", "-c", text)
	command.Env = environment
	command.Stdout, command.Stderr = channel, channel.Stderr()
	stdin, err := command.StdinPipe()
	if err != nil {
		return 255
	}
	// Not as command.Stdin: the wait for the command would then also wait for the client to close its side.
	go func() {
		_, _ = io.Copy(stdin, channel)
		stdin.Close()
	}()
	var failure *exec.ExitError
	if err := command.Run(); errors.As(err, &failure) {
		return uint32(failure.ExitCode())
	} else if err != nil {
		return 255
	}
	return 0
}

// forward connects the client to another server.
func (s *Server) forward(offer ssh.NewChannel) {
	var target struct {
		Host       string
		Port       uint32
		OriginHost string
		OriginPort uint32
	}
	if err := ssh.Unmarshal(offer.ExtraData(), &target); err != nil {
		_ = offer.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	connection, err := net.Dial("tcp", net.JoinHostPort(target.Host, fmt.Sprint(target.Port)))
	if err != nil {
		_ = offer.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	channel, requests, err := offer.Accept()
	if err != nil {
		connection.Close()
		return
	}
	s.Forwarded.Add(1)
	go ssh.DiscardRequests(requests)
	go func() {
		_, _ = io.Copy(connection, channel)
		connection.Close()
	}()
	_, _ = io.Copy(channel, connection)
	channel.Close()
}
