package remote

import (
	"context"
	"fmt"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"golang.org/x/crypto/ssh"

	"container-network-labs/stand-ins/command/streams"
)

// run runs the command on the server and returns its results, or else the previous ones with an error: there was no
// connection, the server refused a variable, or the command did not end with exit code 0.
func (in CommandInputs) run(ctx context.Context, command string, previous Results) (Results, error) {
	client, err := new(dialer).dial(ctx, in.Connection)
	if err != nil {
		return previous, err
	}
	defer client.Close()
	session, err := client.NewSession()
	if err != nil {
		return previous, err
	}
	defer session.Close()
	if err := in.setEnvironment(ctx, session, previous); err != nil {
		return previous, err
	}
	if in.Stdin != nil && *in.Stdin != "" {
		session.Stdin = strings.NewReader(*in.Stdin)
	}
	capture := streams.NewCapture(ctx, in.Logging)
	session.Stdout, session.Stderr = capture.Stdout, capture.Stderr

	var results Results
	results.Stdout, results.Stderr, err = capture.Finish(command, session.Run(command))
	if err != nil {
		return previous, err
	}
	return results, nil
}

// setEnvironment fails if the server refuses one of the program's own variables; the previous output is an extra
// that a command can do without.
func (in CommandInputs) setEnvironment(ctx context.Context, session *ssh.Session, previous Results) error {
	log := p.GetLogger(ctx)
	for name, value := range in.Environment {
		if err := session.Setenv(name, value); err != nil {
			log.Error(refusal(name))
			return fmt.Errorf("could not set environment variable %q: %w", name, err)
		}
	}
	for _, v := range streams.Previous(in.AddPreviousOutputInEnv, previous.Stdout, previous.Stderr) {
		if err := session.Setenv(v.Name, v.Value); err != nil {
			log.Warning(refusal(v.Name))
		}
	}
	return nil
}

func refusal(name string) string {
	return fmt.Sprintf("Unable to set '%s': the SSH server refused it. Name it in AcceptEnv of the server's "+
		"configuration, or, where a Bash-like shell runs the command, begin the command with '%s=value'.", name, name)
}
