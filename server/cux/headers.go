package cux

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
)

// constantHeaders are those of ES Loyalty's "Create/Update Business Unit Link"
// that are the same on every answer, in the page's spelling.
var constantHeaders = map[string]string{
	"Connection":                  "keep-alive",
	"Referrer-Policy":             "no-referrer",
	"X-XSS-Protection":            "1;mode=block",
	"Access-Control-Allow-Origin": "*",
	"Expect-CT":                   "max-age=86400",
	"Strict-Transport-Security":   "max-age=31536000",
	"Feature-Policy":              "vibrate 'none'; geolocation 'none'",
	"X-Frame-Options":             "sameorigin",
	"Content-Security-Policy":     "connect-src 'none';object-src https://*.cloudfront.net;script-src https://*.cloudfront.net",
	"cache-control":               "no-cache, no-store, must-revalidate",
	"X-Content-Type-Options":      "nosniff",
}

// Headers sets the headers of every answer of the family, but for Content-Length,
// which comes with the body. They are assigned, not set: http.Header.Set would
// change the case of their names.
func (h Handlers) Headers(header http.Header) {
	for name, value := range constantHeaders {
		header[name] = []string{value}
	}
	now := h.Now().UTC()
	gateway, trace := make([]byte, 11), make([]byte, 12)
	rand.Read(gateway) // never fails, by the documentation of crypto/rand
	rand.Read(trace)
	header["Date"] = []string{now.Format(http.TimeFormat)}
	header["x-amzn-RequestId"] = []string{h.NewID()}
	header["x-amz-apigw-id"] = []string{base64.URLEncoding.EncodeToString(gateway)}
	header["X-Amzn-Trace-Id"] = []string{fmt.Sprintf("Root=1-%08x-%x;Sampled=0", now.Unix(), trace)}
}
