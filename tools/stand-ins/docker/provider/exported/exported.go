// Package exported opens the provider, which its own module keeps internal, to the command beside it. The set-up
// copies the provider's module out of Go's module cache and puts this package into the copy.
package exported

import (
	"github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema"
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

// New returns the provider as Terraform's SDK knows it.
func New(version string) *schema.Provider {
	return provider.New(version)()
}
