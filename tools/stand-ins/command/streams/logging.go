// Package streams handles what a command writes: to the Pulumi log, to its outputs, and into the environment of the
// run after it.
package streams

import "github.com/pulumi/pulumi-go-provider/infer"

// The values of the `logging` property.
const (
	stdout          = "stdout"
	stderr          = "stderr"
	stdoutAndStderr = "stdoutAndStderr"
	none            = "none"
)

// Values lists the values of the `logging` property for the schema. It is generic because each of the modules local
// and remote has an enumeration type of its own.
func Values[T ~string]() []infer.EnumValue[T] {
	return []infer.EnumValue[T]{
		{Value: stdout, Description: "Log standard output only"},
		{Value: stderr, Description: "Log standard error only"},
		{Value: stdoutAndStderr, Description: "Log standard output and standard error"},
		{Value: none, Description: "Log nothing"},
	}
}

// logged tells whether the `logging` property, nil if not given, asks for the stream to be logged.
func logged[T ~string](logging *T, stream T) bool {
	return logging == nil || *logging == stream || *logging == stdoutAndStderr
}
