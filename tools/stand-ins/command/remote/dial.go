package remote

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/retry"
	"golang.org/x/crypto/ssh"
)

// dialer connects to SSH servers. Its zero value waits by the real clock.
type dialer struct{ retry.Retryer }

// dial connects to the server and logs in, and tries again after each failure: 100 ms later at first, each wait
// half as long again as the one before, up to 5 s. It gives up when the limit of failed attempts is passed, when ctx
// ends, or at once if the connection's settings are at fault. Closing the client also closes the way to it.
func (d *dialer) dial(ctx context.Context, c *Connection) (*ssh.Client, error) {
	config, release, err := c.clientConfig()
	if err != nil {
		return nil, err
	}
	defer release()
	if c.Proxy == nil {
		return attempt(ctx, d, "Dial", c.dialErrorLimit(), func() (*ssh.Client, error) {
			return ssh.Dial("tcp", c.address(), config)
		})
	}
	client, err := d.dialThroughProxy(ctx, c, config)
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	return client, nil
}

func (d *dialer) dialThroughProxy(ctx context.Context, c *Connection, config *ssh.ClientConfig) (*ssh.Client, error) {
	proxyConfig, release, err := c.Proxy.clientConfig()
	if err != nil {
		return nil, err
	}
	defer release()
	proxy, err := attempt(ctx, d, "Dial proxy", c.Proxy.dialErrorLimit(), func() (*ssh.Client, error) {
		return ssh.Dial("tcp", c.Proxy.address(), proxyConfig)
	})
	if err != nil {
		return nil, err
	}
	client, err := d.dialFrom(ctx, proxy, c, config)
	if err != nil {
		proxy.Close()
		return nil, err
	}
	go func() {
		_ = client.Wait()
		proxy.Close()
	}()
	return client, nil
}

// dialFrom opens a connection from the proxy to the server and logs in over it. A login that fails spoils its
// connection, so that each further one needs a new one.
func (d *dialer) dialFrom(
	ctx context.Context, proxy *ssh.Client, c *Connection, config *ssh.ClientConfig,
) (*ssh.Client, error) {
	open := func() (net.Conn, error) { return proxy.Dial("tcp", c.address()) }
	tunnel, err := attempt(ctx, d, "Dial from proxy", c.dialErrorLimit(), open)
	if err != nil {
		return nil, err
	}
	return attempt(ctx, d, "Dial", c.dialErrorLimit(), func() (*ssh.Client, error) {
		if tunnel == nil {
			if tunnel, err = open(); err != nil {
				return nil, err
			}
		}
		connection, channels, requests, err := ssh.NewClientConn(tunnel, c.address(), config)
		if err != nil {
			tunnel = nil
			return nil, err
		}
		return ssh.NewClient(connection, channels, requests), nil
	})
}

// attempt calls connect until it succeeds, has failed more often than limit allows, or ctx ends.
func attempt[T any](ctx context.Context, d *dialer, step string, limit int, connect func() (T, error)) (T, error) {
	var connection T
	ok, _, err := d.Until(ctx, retry.Acceptor{Accept: func(failed int, _ time.Duration) (bool, any, error) {
		var err error
		if connection, err = connect(); err == nil {
			return true, nil, nil
		}
		if limit > unlimitedDialErrors && failed >= limit {
			return false, nil, fmt.Errorf("after %d failed attempts: %w", failed, err)
		}
		p.GetLogger(ctx).InfoStatusf("%s %d/%s failed: retrying", step, failed+1, limitText(limit))
		return false, nil, nil
	}})
	if err == nil && !ok {
		err = ctx.Err()
	}
	return connection, err
}

func limitText(limit int) string {
	if limit == unlimitedDialErrors {
		return "inf"
	}
	return strconv.Itoa(limit)
}
