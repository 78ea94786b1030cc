package remote

import (
	"context"
	"testing"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"container-network-labs/stand-ins/command/sshtest"
)

func fileAsset(t *testing.T, path string) types.AssetOrArchive {
	t.Helper()
	asset, err := resource.NewPathAsset(path)
	require.NoError(t, err)
	return types.AssetOrArchive{Asset: asset}
}

func textAsset(t *testing.T, text string) types.AssetOrArchive {
	t.Helper()
	asset, err := resource.NewTextAsset(text)
	require.NoError(t, err)
	return types.AssetOrArchive{Asset: asset}
}

func directoryArchive(t *testing.T, path string) types.AssetOrArchive {
	t.Helper()
	archive, err := resource.NewPathArchive(path)
	require.NoError(t, err)
	return types.AssetOrArchive{Archive: archive}
}

func TestCopyToRemoteCheck(t *testing.T) {
	const (
		both    = "asset: only one of asset or archive can be set"
		neither = "asset: either asset or archive must be set"
		asset   = "asset: asset must be a path-based file asset or a text asset"
		archive = "archive: archive must be a path to a file or directory"
	)
	for name, c := range map[string]struct {
		source types.AssetOrArchive
		want   []string
	}{
		"file":        {types.AssetOrArchive{Asset: &resource.Asset{Path: "p"}}, nil},
		"text":        {types.AssetOrArchive{Asset: &resource.Asset{Text: "t"}}, nil},
		"archive":     {types.AssetOrArchive{Archive: &resource.Archive{Path: "p"}}, nil},
		"nothing":     {types.AssetOrArchive{}, []string{neither}},
		"asset URL":   {types.AssetOrArchive{Asset: &resource.Asset{URI: "u"}}, []string{asset}},
		"archive URL": {types.AssetOrArchive{Archive: &resource.Archive{URI: "u"}}, []string{archive}},
		"both, URLs": {
			types.AssetOrArchive{Asset: &resource.Asset{URI: "u"}, Archive: &resource.Archive{URI: "u"}},
			[]string{both, asset, archive},
		},
	} {
		t.Run(name, func(t *testing.T) {
			resp, err := (&CopyToRemote{}).Check(context.Background(), infer.CheckRequest{
				NewInputs: resource.FromResourcePropertyMap(resource.NewPropertyMapFromMap(map[string]any{
					"connection": map[string]any{"host": "h"}, "source": c.source, "remotePath": "p",
				})),
			})
			require.NoError(t, err)
			var failures []string
			for _, failure := range resp.Failures {
				failures = append(failures, failure.Property+": "+failure.Reason)
			}
			assert.Equal(t, c.want, failures)
		})
	}
}

func TestCopyToRemoteCreate(t *testing.T) {
	captureLog(t)
	here := t.TempDir()
	source.write(t, here)
	for name, c := range map[string]struct {
		source types.AssetOrArchive
		want   files
	}{
		"file":      {fileAsset(t, here+"/file"), files{"dest": "new file"}},
		"text":      {textAsset(t, "text"), files{"dest": "text"}},
		"empty":     {textAsset(t, ""), files{"dest": ""}},
		"directory": {directoryArchive(t, here+"/src/one/"), files{"dest": "/", "dest/b": "new b"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			in := CopyToRemoteInputs{
				Connection: connection(sshtest.Start(t, sshtest.Options{Dir: dir})), Source: c.source, RemotePath: "dest",
			}
			req := infer.CreateRequest[CopyToRemoteInputs]{Inputs: in, DryRun: true}
			resp, err := (&CopyToRemote{}).Create(context.Background(), req)
			require.NoError(t, err)
			assert.Empty(t, resp.ID)
			assert.Empty(t, read(t, dir), "a preview copies nothing")

			req.DryRun = false
			resp, err = (&CopyToRemote{}).Create(context.Background(), req)
			require.NoError(t, err)
			assert.Regexp(t, "^[0-9a-f]{8}$", resp.ID)
			assert.Equal(t, CopyToRemoteOutputs{in}, resp.Output)
			assert.Equal(t, c.want, read(t, dir))
		})
	}
}

func TestCopyToRemoteUpdate(t *testing.T) {
	captureLog(t)
	here := t.TempDir()
	source.write(t, here)
	old := CopyToRemoteInputs{Source: textAsset(t, "text"), RemotePath: "dest"}
	for name, c := range map[string]struct {
		change func(in *CopyToRemoteInputs)
		want   files
	}{
		"nothing":     {func(*CopyToRemoteInputs) {}, files{}},
		"connection":  {func(in *CopyToRemoteInputs) { in.Connection.User = ref("other") }, files{}},
		"contents":    {func(in *CopyToRemoteInputs) { in.Source = textAsset(t, "other") }, files{"dest": "other"}},
		"kind":        {func(in *CopyToRemoteInputs) { in.Source = fileAsset(t, here+"/file") }, files{"dest": "new file"}},
		"destination": {func(in *CopyToRemoteInputs) { in.RemotePath = "other" }, files{"other": "text"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			in := old
			in.Connection = connection(sshtest.Start(t, sshtest.Options{Dir: dir}))
			c.change(&in)
			req := infer.UpdateRequest[CopyToRemoteInputs, CopyToRemoteOutputs]{
				State: CopyToRemoteOutputs{old}, Inputs: in, DryRun: true,
			}
			_, err := (&CopyToRemote{}).Update(context.Background(), req)
			require.NoError(t, err)
			assert.Empty(t, read(t, dir), "a preview copies nothing")

			req.DryRun = false
			resp, err := (&CopyToRemote{}).Update(context.Background(), req)
			require.NoError(t, err)
			assert.Equal(t, CopyToRemoteOutputs{in}, resp.Output)
			assert.Equal(t, c.want, read(t, dir))
		})
	}
}

func TestCopyFile(t *testing.T) {
	captureLog(t)
	here, dir := t.TempDir(), t.TempDir()
	source.write(t, here)
	in := CopyFileInputs{
		Connection: connection(sshtest.Start(t, sshtest.Options{Dir: dir})), LocalPath: here + "/file", RemotePath: "dest",
	}
	req := infer.CreateRequest[CopyFileInputs]{Inputs: in}
	resp, err := (&CopyFile{}).Create(context.Background(), req)
	require.NoError(t, err)
	assert.Regexp(t, "^[0-9a-f]{8}$", resp.ID)
	assert.Equal(t, files{"dest": "new file"}, read(t, dir))

	req.Inputs.RemotePath = "no/such/directory"
	_, err = (&CopyFile{}).Create(context.Background(), req)
	assert.Error(t, err)
	req.Inputs.LocalPath = here + "/none"
	_, err = (&CopyFile{}).Create(context.Background(), req)
	assert.ErrorContains(t, err, "no such file")
}
