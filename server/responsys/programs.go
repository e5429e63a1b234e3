package responsys

import (
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"orglink/gen"
	"orglink/server/fault"
	"orglink/server/request"
	"orglink/store"
)

const (
	programsPath = "/rest/api/v1.3/programs"
	// maxPrograms is the most that one answer lists, also where no limit is given
	// (Responsys REST API, "Fetch All Programs").
	maxPrograms = 200
	// day is how the platform writes one.
	day = "02/01/2006"
)

func (h Handlers) today() string { return h.Now().UTC().Format(day) }

// ResponsysListPrograms lists the programs of the account.
func (h Handlers) ResponsysListPrograms(ctx context.Context, r gen.ResponsysListProgramsRequestObject) (gen.ResponsysListProgramsResponseObject, error) {
	var statuses []string
	if r.Params.Status != nil {
		statuses = strings.Split(*r.Params.Status, ",")
	}
	var stored []store.ResponsysProgram
	err := h.Store.Read(ctx, func(q *store.Query) (err error) {
		stored, err = q.ResponsysPrograms(statuses, int(or(r.Params.Offset, 0)), or(r.Params.Limit, maxPrograms))
		return err
	})
	if err != nil {
		return nil, err
	}
	programs := make([]gen.ResponsysListedProgram, 0, len(stored))
	for _, p := range stored {
		programs = append(programs, listed(p))
	}
	return ok{mediaType, gen.ResponsysPrograms{Programs: programs}}, nil
}

// ResponsysGetProgram answers one program.
func (h Handlers) ResponsysGetProgram(ctx context.Context, r gen.ResponsysGetProgramRequestObject) (gen.ResponsysGetProgramResponseObject, error) {
	var p store.ResponsysProgram
	err := h.Store.Read(ctx, func(q *store.Query) (err error) {
		p, err = q.ResponsysProgram(r.ProgramName)
		return err
	})
	if err != nil {
		return nil, objectFault(err, store.ResponsysKindProgram, r.ProgramName)
	}
	return ok{mediaType, gen.ResponsysProgram{
		ID: p.ID, Name: p.Name, FolderName: p.Folder, Channels: p.Channels,
		List:      gen.ResponsysProfileList{ID: p.ListID, Name: p.ListName},
		Status:    gen.ResponsysProgramStatus(p.Status),
		CreatedOn: p.CreatedOn, CreatedBy: p.CreatedBy, ModifiedOn: p.ModifiedOn, ModifiedBy: p.ModifiedBy,
		PublishDate: ifAny(p.PublishedOn), UnpublishDate: ifAny(p.UnpublishedOn),
		Links: []gen.ResponsysLink{
			{Rel: "self", Href: programPath(p.Name), Method: http.MethodGet},
			{Rel: "getAllPrograms", Href: programsPath, Method: http.MethodGet},
			{Rel: "updateProgramState", Href: programPath(p.Name), Method: http.MethodPatch},
		},
	}}, nil
}

// ResponsysPatchProgram publishes or unpublishes a program.
func (h Handlers) ResponsysPatchProgram(ctx context.Context, r gen.ResponsysPatchProgramRequestObject) (gen.ResponsysPatchProgramResponseObject, error) {
	err := h.Store.Write(ctx, func(tx *store.Tx) error {
		if r.Body.Action == gen.ResponsysUpdateProgramRequestActionPublish {
			return tx.PublishResponsysProgram(r.ProgramName, h.today(), callerFrom(ctx))
		}
		return tx.UnpublishResponsysProgram(r.ProgramName, h.today(), callerFrom(ctx))
	})
	if err != nil {
		return nil, objectFault(err, store.ResponsysKindProgram, r.ProgramName)
	}
	return ok{mediaType, gen.ResponsysUpdateProgramResponse{
		Status: gen.ResponsysUpdateProgramResponseStatusSUCCESS, ErrorMsg: []string{},
	}}, nil
}

// patchPrecheck looks for the program first, and says in the platform's words what
// may stand in a member where something else does.
func patchPrecheck(program fault.Precheck) fault.Precheck {
	return func(r *http.Request, params map[string]string, refused *fault.Fault) error {
		if err := program(r, params, refused); err != nil || len(refused.Field) != 1 {
			return err
		}
		switch refused.Field[0] {
		case "action":
			return errNotOneOf("action", "unpublish", "publish")
		case "saveDraft":
			return errNotOneOf("saveDraft", "Y", "N")
		}
		return nil
	}
}

// formAsJSON makes JSON of a form, which the platform's Swagger says that the body
// of a publication is, against the sample beside it (Responsys REST API, "Publish or
// Unpublish a Program").
func formAsJSON(r *http.Request, body []byte) []byte {
	media, _, _ := mime.ParseMediaType(request.From(r.Context()).ContentType)
	if media != "application/x-www-form-urlencoded" || json.Valid(body) {
		return body
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || len(form) == 0 {
		return body
	}
	members := map[string]string{}
	for name := range form {
		members[name] = form.Get(name)
	}
	if asJSON, err := json.Marshal(members); err == nil {
		return asJSON
	}
	return body
}

func listed(p store.ResponsysProgram) gen.ResponsysListedProgram {
	return gen.ResponsysListedProgram{
		ID: p.ID, Name: p.Name, FolderName: p.Folder, ListName: p.ListName, Channels: p.Channels,
		CreatedOn: p.CreatedOn, CreatedBy: p.CreatedBy, ModifiedOn: p.ModifiedOn, ModifiedBy: p.ModifiedBy,
		Status:      gen.ResponsysProgramStatus(p.Status),
		PublishDate: ifAny(p.PublishedOn), UnpublishDate: ifAny(p.UnpublishedOn),
		Links: []gen.ResponsysLink{
			{Rel: "self", Href: programsPath, Method: http.MethodGet},
			{Rel: "getProgramByName", Href: programPath(p.Name), Method: http.MethodGet},
			{Rel: "updateProgramState", Href: programPath(p.Name), Method: http.MethodPatch},
		},
	}
}

func programPath(name string) string { return programsPath + "/" + url.PathEscape(name) }

// ifAny leaves a day out that there is not.
func ifAny(day string) *gen.ResponsysDate {
	if day == "" {
		return nil
	}
	return &day
}
