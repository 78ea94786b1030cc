// Package lifecycle holds what a local and a remote command have in common: which text runs at which step.
package lifecycle

import "github.com/pulumi/pulumi-go-provider/infer"

// Commands are the texts to run at each step of a resource's life, and the values whose change begins a new life.
type Commands struct {
	Triggers *[]any  `pulumi:"triggers,optional" provider:"replaceOnChanges"`
	Create   *string `pulumi:"create,optional"`
	Update   *string `pulumi:"update,optional"`
	Delete   *string `pulumi:"delete,optional"`
}

// Annotate describes the properties in the schema.
func (c *Commands) Annotate(a infer.Annotator) {
	a.Describe(&c.Triggers, "Values of any type. The resource is replaced when one of them changes.")
	a.Describe(&c.Create, "Run when the resource is created, and on an update where `update` is not given.")
	a.Describe(&c.Update, "Run instead of `create` when an input has changed. `PULUMI_COMMAND_STDOUT` and "+
		"`PULUMI_COMMAND_STDERR` hold the output of the run before.")
	a.Describe(&c.Delete, "Run when the resource is deleted. `PULUMI_COMMAND_STDOUT` and `PULUMI_COMMAND_STDERR` "+
		"hold the output of the last run.")
}

// OnUpdate returns the text to run when an input has changed, or nil if there is nothing to run.
func (c Commands) OnUpdate() *string {
	if c.Update != nil {
		return c.Update
	}
	return c.Create
}
