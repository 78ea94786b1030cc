package remote

import (
	"fmt"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// clientConfig returns what is needed to log in, and a function to call when the login is over. It fails if a key
// cannot be read or the SSH agent cannot be reached.
func (e Endpoint) clientConfig() (config *ssh.ClientConfig, release func(), err error) {
	config = &ssh.ClientConfig{User: valueOr(e.User, defaultUser), Timeout: e.timeout()}
	if config.HostKeyCallback, config.HostKeyAlgorithms, err = e.hostKey(); err != nil {
		return nil, nil, err
	}
	if e.PrivateKey != nil {
		signer, err := e.signer()
		if err != nil {
			return nil, nil, err
		}
		config.Auth = append(config.Auth, ssh.PublicKeys(signer))
	}
	if e.Password != nil {
		config.Auth = append(config.Auth, ssh.Password(*e.Password), ssh.KeyboardInteractive(e.answer))
	}
	release = func() {}
	if socket, ok := e.agentSocket(); ok {
		connection, err := dialAgent(socket)
		if err != nil {
			return nil, nil, err
		}
		release = func() { connection.Close() }
		config.Auth = append(config.Auth, ssh.PublicKeysCallback(agent.NewClient(connection).Signers))
	}
	return config, release, nil
}

// hostKey asks the server for a key of the expected one's type, so that a server with several keys shows that one.
// As with the official plugin, a type of ssh-rsa also means the signature of that name, which servers since
// OpenSSH 8.8 no longer offer: an expected RSA key is refused by them.
func (e Endpoint) hostKey() (ssh.HostKeyCallback, []string, error) {
	if e.HostKey == nil {
		return ssh.InsecureIgnoreHostKey(), nil, nil
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(*e.HostKey))
	if err != nil {
		return nil, nil, fmt.Errorf("failed to parse host key: %w", err)
	}
	return ssh.FixedHostKey(key), []string{key.Type()}, nil
}

func (e Endpoint) signer() (ssh.Signer, error) {
	if e.PrivateKeyPassword != nil {
		return ssh.ParsePrivateKeyWithPassphrase([]byte(*e.PrivateKey), []byte(*e.PrivateKeyPassword))
	}
	return ssh.ParsePrivateKey([]byte(*e.PrivateKey))
}

// answer gives the password to each question of a keyboard-interactive login.
func (e Endpoint) answer(_, _ string, questions []string, _ []bool) ([]string, error) {
	answers := make([]string, len(questions))
	for i := range answers {
		answers[i] = *e.Password
	}
	return answers, nil
}

// agentSocket tells where the SSH agent listens, if there is one to ask.
func (e Endpoint) agentSocket() (socket string, ok bool) {
	if e.AgentSocketPath != nil {
		return *e.AgentSocketPath, true
	}
	socket = defaultAgentSocket()
	return socket, socket != ""
}
