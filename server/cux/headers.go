package cux

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"maps"
	"net/http"
	"strconv"
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

// constantValues are the constant headers' values as a response holds them: all answers
// share them, since nobody changes a value in place.
var constantValues = func() map[string][]string {
	values := make(map[string][]string, len(constantHeaders))
	for name, value := range constantHeaders {
		values[name] = []string{value}
	}
	return values
}()

// Headers sets the headers of every answer of the family, but for Content-Length,
// which comes with the body. They are assigned, not set: http.Header.Set would
// change the case of their names.
func (h Handlers) Headers(header http.Header) {
	maps.Copy(header, constantValues)
	now := h.Now().UTC()
	random := make([]byte, 11+12)
	rand.Read(random) // never fails, by the documentation of crypto/rand
	header["Date"] = []string{now.Format(http.TimeFormat)}
	header["x-amzn-RequestId"] = []string{h.NewID()}
	header["x-amz-apigw-id"] = []string{base64.URLEncoding.EncodeToString(random[:11])}
	header["X-Amzn-Trace-Id"] = []string{"Root=1-" + strconv.FormatInt(now.Unix(), 16) + "-" + hex.EncodeToString(random[11:]) + ";Sampled=0"}
}
