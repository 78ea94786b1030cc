package remote

import (
	"context"

	"github.com/pkg/sftp"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// CopyToRemote is the resource command:remote:CopyToRemote: a file, a text or a directory put on another machine.
// What was copied stays there when the resource is deleted.
type CopyToRemote struct{}

var (
	_ infer.CustomResource[CopyToRemoteInputs, CopyToRemoteOutputs] = (*CopyToRemote)(nil)
	_ infer.CustomCheck[CopyToRemoteInputs]                         = (*CopyToRemote)(nil)
	_ infer.CustomUpdate[CopyToRemoteInputs, CopyToRemoteOutputs]   = (*CopyToRemote)(nil)
)

// Annotate describes the resource in the schema.
func (c *CopyToRemote) Annotate(a infer.Annotator) {
	a.Describe(&c, "Copies a file, a text or a directory to another machine over SSH.")
}

// CopyToRemoteInputs are what a program gives.
type CopyToRemoteInputs struct {
	Connection *Connection          `pulumi:"connection" provider:"secret"`
	Triggers   *[]any               `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Source     types.AssetOrArchive `pulumi:"source"`
	RemotePath string               `pulumi:"remotePath"`
}

// Annotate describes the properties in the schema.
func (in *CopyToRemoteInputs) Annotate(a infer.Annotator) {
	a.Describe(&in.Connection, "The machine to copy to.")
	a.Describe(&in.Triggers, "Values of any type. The resource is replaced when one of them changes.")
	a.Describe(&in.Source, "A `FileAsset`, a `StringAsset`, or a `FileArchive` of a directory or an archive file, "+
		"which is not unpacked. A directory whose path ends in `/` stands for what is in it.")
	a.Describe(&in.RemotePath, "Where to copy to. Missing parent directories are made. Into a directory that exists "+
		"the source is copied under its own name, a file that exists is overwritten.")
}

// CopyToRemoteOutputs are what the state keeps.
type CopyToRemoteOutputs struct{ CopyToRemoteInputs }

// Check refuses sources that have neither a text nor a path on this machine.
func (*CopyToRemote) Check(
	ctx context.Context, req infer.CheckRequest,
) (resp infer.CheckResponse[CopyToRemoteInputs], err error) {
	resp.Inputs, resp.Failures, err = infer.DefaultCheck[CopyToRemoteInputs](ctx, req.NewInputs)
	if err != nil {
		return resp, err
	}
	asset, archive := resp.Inputs.Source.Asset, resp.Inputs.Source.Archive
	refuse := func(fault bool, property, reason string) {
		if fault {
			resp.Failures = append(resp.Failures, p.CheckFailure{Property: property, Reason: reason})
		}
	}
	refuse(asset != nil && archive != nil, "asset", "only one of asset or archive can be set")
	refuse(asset == nil && archive == nil, "asset", "either asset or archive must be set")
	refuse(asset != nil && !asset.IsPath() && !asset.IsText(), "asset",
		"asset must be a path-based file asset or a text asset")
	refuse(archive != nil && !archive.IsPath(), "archive", "archive must be a path to a file or directory")
	return resp, nil
}

// Create copies the source.
func (*CopyToRemote) Create(
	ctx context.Context, req infer.CreateRequest[CopyToRemoteInputs],
) (resp infer.CreateResponse[CopyToRemoteOutputs], err error) {
	resp.Output = CopyToRemoteOutputs{req.Inputs}
	if req.DryRun {
		return resp, nil
	}
	if err := req.Inputs.copy(ctx); err != nil {
		return resp, err
	}
	resp.ID, err = resource.NewUniqueHex("", 8, 0)
	return resp, err
}

// Update copies the source again if its contents or its destination have changed.
func (*CopyToRemote) Update(
	ctx context.Context, req infer.UpdateRequest[CopyToRemoteInputs, CopyToRemoteOutputs],
) (resp infer.UpdateResponse[CopyToRemoteOutputs], err error) {
	resp.Output = CopyToRemoteOutputs{req.Inputs}
	changed := req.Inputs.contentHash() != req.State.contentHash() || req.Inputs.RemotePath != req.State.RemotePath
	if req.DryRun || !changed {
		return resp, nil
	}
	return resp, req.Inputs.copy(ctx)
}

func (in CopyToRemoteInputs) copy(ctx context.Context) error {
	p.GetLogger(ctx).Debugf("Creating file: %s:%s from %s", valueOr(in.Connection.Host, ""), in.RemotePath, in.origin())
	client, err := new(dialer).dial(ctx, in.Connection)
	if err != nil {
		return err
	}
	defer client.Close()
	// A server that answers slowly must not slow down a large file. Nothing is written to a file after a failure,
	// so the gaps that concurrent writes can leave do no harm.
	files, err := sftp.NewClient(client, sftp.UseConcurrentWrites(true))
	if err != nil {
		return err
	}
	defer files.Close()
	target := upload{files}
	if in.isText() {
		return target.text(in.Source.Asset.Text, in.RemotePath)
	}
	return target.path(in.sourcePath(), in.RemotePath)
}

func (in CopyToRemoteInputs) isText() bool {
	return in.Source.Asset != nil && in.Source.Asset.IsText()
}

func (in CopyToRemoteInputs) origin() string {
	if in.isText() {
		return "text asset"
	}
	return "local file " + in.sourcePath()
}

func (in CopyToRemoteInputs) sourcePath() string {
	if in.Source.Asset != nil {
		return in.Source.Asset.Path
	}
	return in.Source.Archive.Path
}

func (in CopyToRemoteInputs) contentHash() string {
	switch {
	case in.Source.Archive != nil:
		return in.Source.Archive.Hash
	case in.Source.Asset != nil:
		return in.Source.Asset.Hash
	default:
		return ""
	}
}
