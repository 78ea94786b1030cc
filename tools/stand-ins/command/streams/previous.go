package streams

// Variable is an environment variable.
type Variable struct{ Name, Value string }

// Previous returns the variables that tell a command what the run before it wrote: one for each output that is not
// empty, or none if enabled (the property `addPreviousOutputInEnv`, nil if not given) is false.
func Previous(enabled *bool, stdout, stderr string) []Variable {
	if enabled != nil && !*enabled {
		return nil
	}
	var variables []Variable
	if stdout != "" {
		variables = append(variables, Variable{"PULUMI_COMMAND_STDOUT", stdout})
	}
	if stderr != "" {
		variables = append(variables, Variable{"PULUMI_COMMAND_STDERR", stderr})
	}
	return variables
}
