package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// engine stands for the Pulumi engine, of which a plugin uses nothing but the log.
type engine struct {
	pulumirpc.UnimplementedEngineServer
	mutex    sync.Mutex
	messages []*pulumirpc.LogRequest
}

func (e *engine) Log(_ context.Context, message *pulumirpc.LogRequest) (*emptypb.Empty, error) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.messages = append(e.messages, message)
	return &emptypb.Empty{}, nil
}

func (e *engine) lines() (lines []string) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	for _, message := range e.messages {
		lines = append(lines, message.Message)
	}
	return lines
}

// build returns the path of the plugin, made as it is for use.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "pulumi-resource-command")
	command := exec.Command("go", "build", "-trimpath", "-ldflags", "-X main.version=v1.2.99", "-o", binary, ".")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
	return binary
}

// launch runs the plugin as the Pulumi CLI does, until the test ends.
func launch(t *testing.T, binary string) (pulumirpc.ResourceProviderClient, *engine) {
	t.Helper()
	host := &engine{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer()
	pulumirpc.RegisterEngineServer(server, host)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)

	plugin := exec.Command(binary, listener.Addr().String())
	plugin.Stderr = os.Stderr
	stdout, err := plugin.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, plugin.Start())
	t.Cleanup(func() {
		_ = plugin.Process.Kill()
		_ = plugin.Wait()
	})
	port, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	connection, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { connection.Close() })
	return pulumirpc.NewResourceProviderClient(connection), host
}

func creation(t *testing.T, inputs map[string]any) *pulumirpc.CreateRequest {
	t.Helper()
	properties, err := structpb.NewStruct(inputs)
	require.NoError(t, err)
	return &pulumirpc.CreateRequest{
		Urn:  "urn:pulumi:stack::project::command:local:Command::name",
		Type: "command:local:Command", Name: "name", Properties: properties,
	}
}

func TestPlugin(t *testing.T) {
	binary := build(t)

	t.Run("version", func(t *testing.T) {
		plugin, _ := launch(t, binary)
		info, err := plugin.GetPluginInfo(t.Context(), &emptypb.Empty{})
		require.NoError(t, err)
		assert.Equal(t, "1.2.99", info.Version)
		answer, err := plugin.GetSchema(t.Context(), &pulumirpc.GetSchemaRequest{})
		require.NoError(t, err)
		var schema struct{ Name, Version string }
		require.NoError(t, json.Unmarshal([]byte(answer.Schema), &schema))
		assert.Equal(t, "command", schema.Name)
		assert.Equal(t, "1.2.99", schema.Version)
	})

	t.Run("log", func(t *testing.T) {
		plugin, host := launch(t, binary)
		request := creation(t, map[string]any{"create": "echo one; echo two; printf three"})
		created, err := plugin.Create(t.Context(), request)
		require.NoError(t, err)
		assert.Equal(t, "one\ntwo\nthree", created.Properties.Fields["stdout"].GetStringValue())
		assert.Equal(t, []string{"one", "two", "three"}, host.lines())
		for _, message := range host.messages {
			assert.Equal(t, request.Urn, message.Urn)
			assert.Equal(t, pulumirpc.LogSeverity_INFO, message.Severity)
			assert.True(t, message.Ephemeral, "a status of the resource, not a line that stays")
		}
	})

	t.Run("cancellation", func(t *testing.T) {
		plugin, host := launch(t, binary)
		begin := time.Now()
		failure := make(chan error, 1)
		request := creation(t, map[string]any{"create": "echo begun; exec sleep 60"})
		go func() {
			_, err := plugin.Create(context.WithoutCancel(t.Context()), request)
			failure <- err
		}()
		require.Eventually(t, func() bool { return len(host.lines()) == 1 }, 20*time.Second, 20*time.Millisecond)
		_, err := plugin.Cancel(t.Context(), &emptypb.Empty{})
		require.NoError(t, err)
		assert.ErrorContains(t, <-failure, "signal: killed")
		assert.Less(t, time.Since(begin), 30*time.Second)
	})
}
