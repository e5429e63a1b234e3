package svi

import (
	"net/http"
	"strings"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/respond"
)

const errorMedia = "application/vnd.sas.error+json;version=2"

// answer is the status, Data Hub code and message of a kind of fault. SAS
// publishes no list of its codes: but for DH6106 they are ours.
type answer struct {
	status      int
	id, message string
}

var answers = map[fault.Kind]answer{
	fault.Internal:             {http.StatusInternalServerError, "DH9000", "An unexpected error occurred."},
	fault.Malformed:            {http.StatusBadRequest, "DH9001", "The request was invalid."},
	fault.Invalid:              {http.StatusBadRequest, "DH9001", "The request was invalid."},
	fault.Unauthenticated:      {http.StatusUnauthorized, "DH9002", "The access token is missing, unknown or expired."},
	fault.Forbidden:            {http.StatusForbidden, "DH9003", "The current user does not have the necessary permissions."},
	fault.NotFound:             {http.StatusNotFound, "DH6106", "The link was not found or the current user does not have the necessary permissions to view the link."},
	fault.NoRoute:              {http.StatusNotFound, "DH9004", "The resource was not found."},
	fault.MethodNotAllowed:     {http.StatusMethodNotAllowed, "DH9005", "The resource does not support the method."},
	fault.NotAcceptable:        {http.StatusNotAcceptable, "DH9006", "The Accept header names only media types that are not supported."},
	fault.Conflict:             {http.StatusConflict, "DH9011", "The request conflicts with what is stored."},
	fault.PreconditionFailed:   {http.StatusPreconditionFailed, "DH9007", "The link in the request body was out of date."},
	fault.PreconditionRequired: {http.StatusPreconditionRequired, "DH9008", "The link in the request body did not contain a version."},
	fault.TooLarge:             {http.StatusRequestEntityTooLarge, "DH9009", "The request body is too large."},
	fault.UnsupportedMedia:     {http.StatusUnsupportedMediaType, "DH9010", "The media type of the request body is not supported."},
	fault.Unavailable:          {http.StatusServiceUnavailable, "DH9012", "The service is busy."},
}

// invalid is a 400; details has one line a fault.
func invalid(in, message string, details ...string) *fault.Fault {
	return &fault.Fault{Kind: fault.Invalid, In: in, Message: message, Detail: details}
}

// unknownLink answers for links that are absent and for those that the caller may
// not read, alike.
func unknownLink(id linkID) *fault.Fault {
	return &fault.Fault{Kind: fault.NotFound, Detail: id.details()}
}

// Render writes a fault as an error object of SAS' REST APIs, or, below
// /SASLogon, as an OAuth error.
func Render(w http.ResponseWriter, r *http.Request, f *fault.Fault) {
	a := answerTo(f)
	if f.Allow != "" {
		w.Header().Set("Allow", f.Allow)
	}
	if strings.HasPrefix(r.URL.Path, "/SASLogon/") {
		renderOAuth(w, a, f)
		return
	}
	if a.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	_ = respond.JSON(w, a.status, errorMedia, errorBody(f)) // the client may be gone
}

// answerTo is how a fault is answered.
func answerTo(f *fault.Fault) answer {
	if a, ok := answers[f.Kind]; ok {
		return a
	}
	return answers[fault.Internal]
}

// maxDetails bounds the lines of an error: a request can have any number of faults.
const maxDetails = 100

// errorBody is the error object of a fault.
func errorBody(f *fault.Fault) gen.SviError {
	a := answerTo(f)
	body := gen.SviError{Message: a.message, Details: []string{}, ID: a.id, Version: 2, HTTPStatusCode: a.status}
	if a.status == http.StatusInternalServerError {
		return body
	}
	if f.Message != "" {
		body.Message = f.Message
	}
	if f.Code != "" {
		body.ID = f.Code
	}
	if details, ok := f.Detail.([]string); ok && details != nil {
		body.Details = details
		if len(details) > maxDetails {
			body.Details = append(details[:maxDetails:maxDetails], "There are more.")
		}
	} else if f.Message == "" && f.Kind == fault.Invalid {
		body.Details = []string{f.Describe()}
	}
	return body
}

// oauthErrors are the error names of faults that carry none of their own.
var oauthErrors = map[int]string{
	http.StatusUnauthorized:        "unauthorized",
	http.StatusNotFound:            "not_found",
	http.StatusInternalServerError: "server_error",
}

func renderOAuth(w http.ResponseWriter, a answer, f *fault.Fault) {
	if a.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="SASLogon"`)
	}
	body := gen.SviTokenError{Error: f.Code, ErrorDescription: a.message}
	if body.Error == "" {
		body.Error = oauthErrors[a.status]
	}
	if body.Error == "" {
		body.Error = "invalid_request"
	}
	switch {
	case a.status == http.StatusInternalServerError:
	case f.Message != "":
		body.ErrorDescription = f.Message
	case f.Kind == fault.Invalid:
		body.ErrorDescription = f.Describe()
	case f.Kind == fault.NotFound:
		body.ErrorDescription = answers[fault.NoRoute].message
	}
	w.Header().Set("Cache-Control", "no-store")
	_ = respond.JSON(w, a.status, "application/json", body) // the client may be gone
}
