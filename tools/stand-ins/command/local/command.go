package local

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"container-network-labs/stand-ins/command/lifecycle"
)

// Command is the resource command:local:Command: commands run on this machine as the resource is created, updated
// and deleted. A command that does not end with exit code 0 fails the step.
type Command struct{}

var (
	_ infer.CustomResource[CommandInputs, CommandOutputs] = (*Command)(nil)
	_ infer.CustomUpdate[CommandInputs, CommandOutputs]   = (*Command)(nil)
	_ infer.CustomDelete[CommandOutputs]                  = (*Command)(nil)
)

// Annotate describes the resource in the schema.
func (c *Command) Annotate(a infer.Annotator) {
	a.Describe(&c, "Runs commands on this machine when the resource is created, updated and deleted. "+
		"An exit code other than 0 fails the step.")
}

// CommandInputs are what a program gives.
type CommandInputs struct {
	lifecycle.Commands
	Process
}

// CommandOutputs are what the state keeps.
type CommandOutputs struct {
	CommandInputs
	Results
}

// Create runs the text for creation, if there is one.
func (*Command) Create(
	ctx context.Context, req infer.CreateRequest[CommandInputs],
) (resp infer.CreateResponse[CommandOutputs], err error) {
	resp.Output.CommandInputs = req.Inputs
	if resp.ID, err = resource.NewUniqueHex(req.Name, 8, 0); err != nil || req.DryRun || req.Inputs.Create == nil {
		return resp, err
	}
	resp.Output.Results, err = req.Inputs.run(ctx, *req.Inputs.Create, Results{})
	return resp, err
}

// Update runs the text for updates or else for creation; where there is neither, the results stay as they were.
func (*Command) Update(
	ctx context.Context, req infer.UpdateRequest[CommandInputs, CommandOutputs],
) (resp infer.UpdateResponse[CommandOutputs], err error) {
	resp.Output = CommandOutputs{CommandInputs: req.Inputs, Results: req.State.Results}
	command := req.Inputs.OnUpdate()
	if req.DryRun || command == nil {
		return resp, nil
	}
	resp.Output.Results, err = req.Inputs.run(ctx, *command, req.State.Results)
	return resp, err
}

// Delete runs the text for deletion, if there is one.
func (*Command) Delete(ctx context.Context, req infer.DeleteRequest[CommandOutputs]) (infer.DeleteResponse, error) {
	if req.State.Delete == nil {
		return infer.DeleteResponse{}, nil
	}
	_, err := req.State.run(ctx, *req.State.Delete, req.State.Results)
	return infer.DeleteResponse{}, err
}
