package remote

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"container-network-labs/stand-ins/command/sshtest"
)

func milliseconds(waits []time.Duration) (values []float64) {
	for _, wait := range waits {
		values = append(values, float64(wait.Microseconds())/1000)
	}
	return values
}

func TestDialErrorLimit(t *testing.T) {
	for limit, waits := range map[int][]float64{
		0:  nil,
		1:  {100},
		3:  {100, 150, 225},
		12: {100, 150, 225, 337.5, 506.25, 759.375, 1139.062, 1708.593, 2562.890, 3844.335, 5000, 5000},
	} {
		log := captureLog(t)
		server := sshtest.Start(t, sshtest.Options{Dropped: 1000})
		c := connection(server)
		c.DialErrorLimit = &limit
		d, made := hurried()
		_, err := d.dial(context.Background(), c)
		assert.ErrorContains(t, err, "after ")
		assert.ErrorContains(t, err, " failed attempts: ssh: handshake failed: ")
		assert.EqualValues(t, limit+1, server.Connections.Load())
		assert.Equal(t, waits, milliseconds(*made))
		assert.Equal(t, limit, strings.Count(log.String(), "failed: retrying"))
	}
}

func TestDialUntilTheServerIsUp(t *testing.T) {
	log := captureLog(t)
	for _, limit := range []*int{ref(unlimitedDialErrors), ref(25), nil} {
		dropped := int32(25)
		if limit == nil {
			dropped = defaultDialErrorLimit
		}
		server := sshtest.Start(t, sshtest.Options{Dropped: dropped})
		c := connection(server)
		c.DialErrorLimit = limit
		d, waits := hurried()
		client, err := d.dial(context.Background(), c)
		require.NoError(t, err)
		client.Close()
		assert.Len(t, *waits, int(dropped))
	}
	assert.Contains(t, log.String(), "Dial 25/inf failed: retrying")
	assert.Contains(t, log.String(), "Dial 25/25 failed: retrying")
	assert.Contains(t, log.String(), "Dial 10/10 failed: retrying")
}

func TestDialWaitsByTheRealClock(t *testing.T) {
	captureLog(t)
	c := connection(sshtest.Start(t, sshtest.Options{Dropped: 3}))
	c.DialErrorLimit = ref(3)
	begin := time.Now()
	mustDial(t, c)
	elapsed := time.Since(begin)
	assert.GreaterOrEqual(t, elapsed, 475*time.Millisecond)
	assert.Less(t, elapsed, 4*time.Second)
}

func TestDialEndsWithItsContext(t *testing.T) {
	captureLog(t)
	c := connection(sshtest.Start(t, sshtest.Options{Dropped: 1000}))
	c.DialErrorLimit = ref(unlimitedDialErrors)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	_, err := new(dialer).dial(ctx, c)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestPerDialTimeout(t *testing.T) {
	t.Setenv("SSH_AUTH_SOCK", "")
	assert.Equal(t, 15*time.Second, Endpoint{}.timeout())
	assert.Equal(t, 3*time.Second, Endpoint{PerDialTimeout: ref(3)}.timeout())
	assert.Zero(t, Endpoint{PerDialTimeout: ref(0)}.timeout())
	config, release, err := Endpoint{PerDialTimeout: ref(3)}.clientConfig()
	require.NoError(t, err)
	release()
	assert.Equal(t, 3*time.Second, config.Timeout)
	assert.Equal(t, "root", config.User)
}

func TestAddress(t *testing.T) {
	assert.Equal(t, "h:22", Endpoint{Host: ref("h")}.address())
	assert.Equal(t, "[::1]:50000", Endpoint{Host: ref("::1"), Port: ref(50000.0)}.address())
}

func TestProxy(t *testing.T) {
	captureLog(t)
	proxy, target := sshtest.Start(t, sshtest.Options{}), sshtest.Start(t, sshtest.Options{})
	c := connection(target)
	c.Proxy = &ProxyConnection{endpoint(proxy)}
	client := mustDial(t, c)
	assert.EqualValues(t, 1, proxy.Forwarded.Load())
	assert.EqualValues(t, 1, target.Connections.Load())

	client.Close()
	for _, server := range []*sshtest.Server{target, proxy} {
		select {
		case <-server.Closed:
		case <-time.After(5 * time.Second):
			t.Fatal("closing the client leaves a connection open")
		}
	}
}

func TestProxyFailures(t *testing.T) {
	log := captureLog(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed.Close()
	nowhere := float64(closed.Addr().(*net.TCPAddr).Port)

	proxy, target := sshtest.Start(t, sshtest.Options{}), sshtest.Start(t, sshtest.Options{})
	for name, c := range map[string]struct {
		spoil      func(c *Connection)
		line, want string
	}{
		"proxy's settings": {func(c *Connection) { c.Proxy.HostKey = ref("x") }, "", "proxy: failed to parse host key: "},
		"proxy is down":    {func(c *Connection) { c.Proxy.Port = &nowhere }, "Dial proxy 1/2", "connection refused"},
		"target is down":   {func(c *Connection) { c.Port = &nowhere }, "Dial from proxy 1/2", "rejected: connect failed"},
		"target refuses":   {func(c *Connection) { c.Password = ref("x") }, "Dial 1/2", "unable to authenticate"},
	} {
		t.Run(name, func(t *testing.T) {
			log.Reset()
			d, waits := hurried()
			spoiled := connection(target)
			spoiled.DialErrorLimit = ref(2)
			spoiled.Proxy = &ProxyConnection{endpoint(proxy)}
			spoiled.Proxy.DialErrorLimit = ref(2)
			c.spoil(spoiled)
			_, err := d.dial(context.Background(), spoiled)
			assert.ErrorContains(t, err, "proxy: ")
			assert.ErrorContains(t, err, c.want)
			if c.line != "" {
				assert.Contains(t, log.String(), c.line+" failed: retrying")
				assert.Len(t, *waits, 2)
			}
		})
	}
}

func TestLoginOverAProxyIsTriedAgain(t *testing.T) {
	captureLog(t)
	proxy, target := sshtest.Start(t, sshtest.Options{}), sshtest.Start(t, sshtest.Options{Dropped: 2})
	c := connection(target)
	c.DialErrorLimit = ref(2)
	c.Proxy = &ProxyConnection{endpoint(proxy)}
	d, waits := hurried()
	client, err := d.dial(context.Background(), c)
	require.NoError(t, err)
	client.Close()
	assert.Len(t, *waits, 2)
}
