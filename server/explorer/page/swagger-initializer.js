"use strict";

// Opens the document in Swagger UI. A server with demo data hands out the demo's
// credentials, by security scheme; any other server hands out none.
window.addEventListener("load", async () => {
  const response = await fetch("credentials.json");
  const credentials = await response.json();
  const demo = Object.keys(credentials).length > 0;

  window.ui = SwaggerUIBundle({
    dom_id: "#swagger-ui",
    url: "/openapi.yaml",
    validatorUrl: null,
    deepLinking: true,
    tryItOutEnabled: true,
    displayRequestDuration: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    // The demo's credentials come with each load; kept, they would still be filled
    // in when the same address later serves without the demo.
    persistAuthorization: !demo,
    onComplete: () => authorize(window.ui, credentials),
  });
});

// authorize fills the Authorize dialog, for the schemes that the document has.
function authorize(ui, credentials) {
  const schemes = ui.specSelectors.securityDefinitions();
  for (const [name, credential] of Object.entries(credentials)) {
    const schema = schemes.get(name);
    switch (schema && schema.get("type")) {
      case "http":
        if (schema.get("scheme") === "basic") {
          ui.preauthorizeBasic(name, credential.username, credential.password || "");
        } else {
          ui.preauthorizeApiKey(name, credential.token);
        }
        break;
      case "apiKey":
        ui.preauthorizeApiKey(name, credential.token);
        break;
      case "oauth2":
        // The client stays in the form for who logs out and in again.
        ui.authActions.authorizeOauth2({
          auth: { name, schema, ...credential },
          token: { access_token: credential.token, token_type: "Bearer" },
        });
        break;
    }
  }
}
