/** The page at `/docs`: Scalar over `/openapi.json`. It asks nobody but the service for anything, and keeps no credential. */

globalThis.Scalar.createApiReference('#reference', {
  url: '/openapi.json',
  // The service that served the page.
  baseServerURL: location.origin,
  authentication: { preferredSecurityScheme: 'bearer' },
  withDefaultFonts: false,
  telemetry: false,
  persistAuth: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
});
