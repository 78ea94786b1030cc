// Package local runs commands on the machine that runs the Pulumi program.
package local

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"container-network-labs/stand-ins/command/streams"
)

// Logging is the enumeration command:local:Logging.
type Logging string

// Values lists the enumeration's values for the schema.
func (Logging) Values() []infer.EnumValue[Logging] { return streams.Values[Logging]() }

// Process tells how to run a command and which of the files it makes to hand back.
type Process struct {
	Stdin                  *string            `pulumi:"stdin,optional"`
	Logging                *Logging           `pulumi:"logging,optional"`
	Interpreter            *[]string          `pulumi:"interpreter,optional"`
	Dir                    *string            `pulumi:"dir,optional"`
	Environment            *map[string]string `pulumi:"environment,optional"`
	AssetPaths             *[]string          `pulumi:"assetPaths,optional"`
	ArchivePaths           *[]string          `pulumi:"archivePaths,optional"`
	AddPreviousOutputInEnv *bool              `pulumi:"addPreviousOutputInEnv,optional"`
}

// Annotate describes the properties in the schema.
func (in *Process) Annotate(a infer.Annotator) {
	const globs = " Paths are relative to `dir`, with `/` on every platform; directories themselves never match. " +
		"`*` stops at a `/`, `**` does not; a pattern after `!` takes files out again. The last pattern that " +
		"matches a file decides."
	a.Describe(&in.Stdin, "Text for the command's standard input.")
	a.Describe(&in.Logging, "Which streams appear in the Pulumi log: both, if not given. The outputs hold both anyway.")
	a.Describe(&in.Interpreter, "The program, with its arguments, that is given the command as its last argument. "+
		"`[\"/bin/sh\", \"-c\"]` if not given, on Windows `[\"cmd\", \"/C\"]`.")
	a.Describe(&in.Dir, "The directory to run the command in. It must exist.")
	a.Describe(&in.Environment, "Variables added to the environment of the Pulumi process.")
	a.Describe(&in.AssetPaths, "Globs of the files to return in `assets` when the command has ended."+globs)
	a.Describe(&in.ArchivePaths, "Globs of the files to return in `archive` when the command has ended."+globs)
	a.Describe(&in.AddPreviousOutputInEnv, "Whether the command is told what the run before it wrote, in "+
		"`PULUMI_COMMAND_STDOUT` and `PULUMI_COMMAND_STDERR`. True if not given.")
}

// Results are what came of the last run. Assets and Archive outlive a run that does not ask for them.
type Results struct {
	Stdout  string                            `pulumi:"stdout"`
	Stderr  string                            `pulumi:"stderr"`
	Assets  *map[string]*types.AssetOrArchive `pulumi:"assets,optional"`
	Archive *resource.Archive                 `pulumi:"archive,optional"`
}

// Annotate describes the properties in the schema.
func (r *Results) Annotate(a infer.Annotator) {
	a.Describe(&r.Stdout, "What the command wrote to its standard output, without the newline at the end.")
	a.Describe(&r.Stderr, "What the command wrote to its standard error, without the newline at the end.")
	a.Describe(&r.Assets, "The files found by `assetPaths`, by their paths relative to `dir`.")
	a.Describe(&r.Archive, "The files found by `archivePaths`.")
}

// run runs the command and returns its results, or else the previous ones with an error: the command could not be
// started, did not end with exit code 0, or a glob was at fault. If ctx ends, the interpreter is killed. What it
// started stays in the plugin's own process group, which the Pulumi CLI ends together with the plugin.
func (in Process) run(ctx context.Context, command string, previous Results) (Results, error) {
	dir, err := in.directory()
	if err != nil {
		return previous, err
	}
	argv := append(in.interpreter(), command)
	process := exec.CommandContext(ctx, argv[0], argv[1:]...)
	process.Dir = dir
	process.Env = in.environment(previous)
	if in.Stdin != nil && *in.Stdin != "" {
		process.Stdin = strings.NewReader(*in.Stdin)
	}
	capture := streams.NewCapture(ctx, in.Logging)
	process.Stdout, process.Stderr = capture.Stdout, capture.Stderr

	results := previous
	results.Stdout, results.Stderr, err = capture.Finish(command, process.Run())
	if err != nil {
		return previous, err
	}
	if err := in.collect(dir, &results); err != nil {
		return previous, err
	}
	return results, nil
}

func (in Process) directory() (string, error) {
	if in.Dir != nil {
		return *in.Dir, nil
	}
	return os.Getwd()
}

func (in Process) interpreter() []string {
	switch {
	case in.Interpreter != nil && len(*in.Interpreter) > 0:
		return append([]string{}, *in.Interpreter...)
	case runtime.GOOS == "windows":
		return []string{"cmd", "/C"}
	default:
		return []string{"/bin/sh", "-c"}
	}
}

// environment relies on os/exec to let the last of several values win.
func (in Process) environment(previous Results) []string {
	variables := os.Environ()
	if in.Environment != nil {
		for name, value := range *in.Environment {
			variables = append(variables, name+"="+value)
		}
	}
	for _, v := range streams.Previous(in.AddPreviousOutputInEnv, previous.Stdout, previous.Stderr) {
		variables = append(variables, v.Name+"="+v.Value)
	}
	return variables
}
