package remote

import (
	"context"
	"os"

	"github.com/pkg/sftp"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// CopyFile is the resource command:remote:CopyFile, which CopyToRemote has replaced. It has no update: a change of
// any input replaces it. What was copied stays on the server when the resource is deleted.
type CopyFile struct{}

var _ infer.CustomResource[CopyFileInputs, CopyFileOutputs] = (*CopyFile)(nil)

// Annotate describes the resource in the schema.
func (c *CopyFile) Annotate(a infer.Annotator) {
	a.Describe(&c, "Copies a file to another machine over SSH.")
	a.Deprecate(&c, "Use `CopyToRemote`; `CopyFile` is kept for existing programs only.")
}

// CopyFileInputs are what a program gives.
type CopyFileInputs struct {
	Connection *Connection `pulumi:"connection" provider:"secret"`
	Triggers   *[]any      `pulumi:"triggers,optional"`
	LocalPath  string      `pulumi:"localPath"`
	RemotePath string      `pulumi:"remotePath"`
}

// Annotate describes the properties in the schema.
func (in *CopyFileInputs) Annotate(a infer.Annotator) {
	a.Describe(&in.Connection, "The machine to copy to.")
	a.Describe(&in.Triggers, "Values of any type. The resource is replaced when one of them changes.")
	a.Describe(&in.LocalPath, "The file to copy.")
	a.Describe(&in.RemotePath, "The path of the copy, whose directory must exist.")
}

// CopyFileOutputs are what the state keeps.
type CopyFileOutputs struct{ CopyFileInputs }

// Create copies the file.
func (*CopyFile) Create(
	ctx context.Context, req infer.CreateRequest[CopyFileInputs],
) (resp infer.CreateResponse[CopyFileOutputs], err error) {
	resp.Output = CopyFileOutputs{req.Inputs}
	if req.DryRun {
		return resp, nil
	}
	if err := req.Inputs.copy(ctx); err != nil {
		return resp, err
	}
	resp.ID, err = resource.NewUniqueHex("", 8, 0)
	return resp, err
}

func (in CopyFileInputs) copy(ctx context.Context) error {
	p.GetLogger(ctx).Debugf("Creating file: %s:%s from local file %s",
		valueOr(in.Connection.Host, ""), in.RemotePath, in.LocalPath)
	source, err := os.Open(in.LocalPath)
	if err != nil {
		return err
	}
	defer source.Close()
	client, err := new(dialer).dial(ctx, in.Connection)
	if err != nil {
		return err
	}
	defer client.Close()
	files, err := sftp.NewClient(client)
	if err != nil {
		return err
	}
	defer files.Close()
	dest, err := files.Create(in.RemotePath)
	if err != nil {
		return err
	}
	defer dest.Close()
	_, err = dest.ReadFrom(source)
	return err
}
