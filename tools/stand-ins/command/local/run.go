package local

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Run is the function command:local:run: one command, run each time the program calls for it, previews included.
type Run struct{}

var _ infer.Fn[RunInputs, RunOutputs] = (*Run)(nil)

// Annotate describes the function in the schema.
func (r *Run) Annotate(a infer.Annotator) {
	a.Describe(&r, "Runs a command on this machine whenever the program is run, previews included. "+
		"For a command that belongs to the life of a resource, use `local.Command`.")
}

// RunInputs are the function's arguments.
type RunInputs struct {
	Process
	Command string `pulumi:"command"`
}

// Annotate describes the properties in the schema.
func (r *RunInputs) Annotate(a infer.Annotator) {
	a.Describe(&r.Command, "The command to run.")
}

// RunOutputs are the function's arguments and what came of them.
type RunOutputs struct {
	RunInputs
	Results
}

// Invoke runs the command and fails if its exit code is not 0.
func (*Run) Invoke(
	ctx context.Context, req infer.FunctionRequest[RunInputs],
) (resp infer.FunctionResponse[RunOutputs], err error) {
	resp.Output.RunInputs = req.Input
	resp.Output.Results, err = req.Input.run(ctx, req.Input.Command, Results{})
	return resp, err
}
