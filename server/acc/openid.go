package acc

import (
	"context"
	"net/http"

	"orglink/gen"
	"orglink/server/request"
	"orglink/server/respond"
)

// AccGetOpenIDConfiguration tells where tokens are issued.
func (h Handlers) AccGetOpenIDConfiguration(ctx context.Context, _ gen.AccGetOpenIDConfigurationRequestObject) (gen.AccGetOpenIDConfigurationResponseObject, error) {
	base := request.From(ctx).BaseURL
	return configuration{
		Issuer:              base,
		TokenEndpoint:       base + "/authentication/v2/token",
		RevokeEndpoint:      base + "/authentication/v2/revoke",
		IntrospectEndpoint:  base + "/authentication/v2/introspect",
		ScopesSupported:     []string{"account:read", "account:write", "data:read"},
		GrantTypesSupported: []string{grantClientCredentials},
	}, nil
}

type configuration gen.AccOpenIDConfiguration

// VisitAccGetOpenIDConfigurationResponse implements [gen.AccGetOpenIDConfigurationResponseObject].
func (a configuration) VisitAccGetOpenIDConfigurationResponse(w http.ResponseWriter) error {
	return respond.JSON(w, http.StatusOK, jsonType, gen.AccOpenIDConfiguration(a))
}
