#!/bin/sh
# Enrols a person in a new CO and removes it again, as a provisioning script would.
#
# REGISTRY  base URL of the calls
# ALIAS     another base URL of the same data, at which everything is read, too
# API_USER  name and key of a platform user, name:key
# CO_NAME   name of the new CO
set -eu
answers=$(mktemp -d)
trap 'rm -rf "$answers"' EXIT

# send LINE METHOD URL [DOCUMENT] is one call, whose status line has to be LINE. The
# answer's document is in $body.
send() {
	wanted=$1 method=$2 url=$3
	shift 3
	if [ $# -gt 0 ]; then
		set -- -H 'Content-Type: application/json' --data-binary "$1"
	fi
	: >"$answers/body"
	curl -sS -u "$API_USER" -X "$method" -D "$answers/head" -o "$answers/body" "$@" "$url"
	line=$(sed -n '1s/^[^ ]* //; 1s/\r$//p' "$answers/head")
	body=$(cat "$answers/body")
	[ "$line" = "$wanted" ] || fail "want $wanted, got $line $body"
}

fail() {
	echo "$method $url: $1" >&2
	exit 1
}

# post PLURAL LINE PATH ENTRY sends a document with the entry. $id is the id of what
# was added.
post() {
	send "$2" POST "$REGISTRY/$3.json" "{\"RequestType\":\"$1\",\"Version\":\"1.0\",\"$1\":[{\"Version\":\"1.0\",$4}]}"
	id=$(printf %s "$body" | sed -n 's/.*"ResponseType":"NewObject".*"Id":"\([0-9]*\)".*/\1/p')
}

# see LINE PATH [TEXT]... reads at both addresses, which have to answer the same, with
# every TEXT in it.
see() {
	wanted_line=$1 path=$2
	shift 2
	send "$wanted_line" GET "$ALIAS/$path"
	other=$body
	send "$wanted_line" GET "$REGISTRY/$path"
	[ "$body" = "$other" ] || fail "$ALIAS answers $other"
	for text; do
		case $body in
		*"$text"*) ;;
		*) fail "want $text in $body" ;;
		esac
	done
}

delete() { send "$1" DELETE "$REGISTRY/$2.json"; }

# A CO with nobody in it.
post Cos '201 Added' cos "\"Name\":\"$CO_NAME\",\"Status\":\"Active\"" && co=$id
post Cos '403 Name In Use' cos "\"Name\":\"$CO_NAME\",\"Status\":\"Active\""
see '200 OK' "cos/$co.json" "\"Name\":\"$CO_NAME\""
see '200 OK' "co_people.json?coid=$co" '"CoPeople":[]'
see '200 OK' "org_identities.json?coid=$co" '"OrgIdentities":[]'

# A person, and the identity that the home organization asserts.
post CoPeople '201 Added' co_people "\"CoId\":\"$co\",\"Status\":\"Active\"" && person=$id
post OrgIdentities '201 Added' org_identities "\"CoId\":\"$co\",\"Affiliation\":\"member\",\"O\":\"Example University\"" && org=$id
see '204 CO Person Has No Name' "names.json?copersonid=$person"
see '204 CO Person Has No Identifier' "identifiers.json?copersonid=$person"
see '204 CO Person Has No CoOrgIdentityLink' "co_org_identity_links.json?copersonid=$person"

# Name, identifier, link.
owner="\"Person\":{\"Type\":\"CO\",\"Id\":\"$person\"}"
post Names '201 Added' names "$owner,\"Given\":\"Maria\",\"Family\":\"Example\",\"Type\":\"official\",\"PrimaryName\":true" && name=$id
post Identifiers '201 Added' identifiers "$owner,\"Identifier\":\"maria@example.edu\",\"Type\":\"eppn\",\"Login\":true,\"Status\":\"Active\"" && identifier=$id
ends="\"CoPersonId\":\"$person\",\"OrgIdentityId\":\"$org\""
post CoOrgIdentityLinks '201 Added' co_org_identity_links "$ends" && link=$id

# Who has this identifier?
see '200 OK' "co_people.json?coid=$co&search.identifier=MARIA@example" "\"CoPeople\":[{\"Version\":\"1.0\",\"Id\":\"$person\",\"CoId\":\"$co\",\"Status\":\"Active\""
see '200 OK' "co_people.json?coid=$co&search.identifier=nobody@example" '"CoPeople":[]'
see '200 OK' "names.json?copersonid=$person" "\"Id\":\"$name\"" '"Given":"Maria","Family":"Example"' '"PrimaryName":true'
see '200 OK' "identifiers.json?copersonid=$person" "\"Id\":\"$identifier\"" '"Identifier":"maria@example.edu"' '"Login":true'
see '200 OK' "co_org_identity_links.json?orgidentityid=$org" "\"Id\":\"$link\",\"CoPersonId\":\"$person\""

# What is there already is refused, and what is linked is not deleted.
post CoOrgIdentityLinks '403 OrgIdentity Already Linked' co_org_identity_links "$ends"
post Identifiers '403 Identifier In Use' identifiers "$owner,\"Identifier\":\"maria@example.edu\",\"Type\":\"eppn\",\"Status\":\"Active\""
delete '403 Primary Name Cannot Be Deleted' "names/$name"
delete '403 CoPerson Exists' "org_identities/$org"
see '200 OK' "org_identities/$org.json" '"Deleted":false'

# Unlink: gone from the lists, still there by its id.
delete '200 Deleted' "co_org_identity_links/$link"
see '204 CO Person Has No CoOrgIdentityLink' "co_org_identity_links.json?copersonid=$person"
see '200 OK' "co_org_identity_links/$link.json" '"Revision":"0","Deleted":true'
delete '404 CoOrgIdentityLink Unknown' "co_org_identity_links/$link"

# Linked once more, under a new id. The person takes all that is its own along.
post CoOrgIdentityLinks '201 Added' co_org_identity_links "$ends" && again=$id
[ "$again" != "$link" ] || fail "the id of a deleted link was given out again"
delete '200 Deleted' "co_people/$person"
see '200 OK' "co_people.json?coid=$co&search.identifier=maria" '"CoPeople":[]'
see '204 CO Person Has No Name' "names.json?copersonid=$person"
see '204 CO Person Has No Identifier' "identifiers.json?copersonid=$person"
see '204 Org Identity Has No CoOrgIdentityLink' "co_org_identity_links.json?orgidentityid=$org"
for path in "co_people/$person" "names/$name" "identifiers/$identifier" "co_org_identity_links/$again"; do
	see '200 OK' "$path.json" '"Deleted":true'
done

# The org identity is free, and goes. Then the CO, for good.
see '200 OK' "org_identities.json?coid=$co" "\"Id\":\"$org\""
delete '200 Deleted' "org_identities/$org"
delete '200 Deleted' "cos/$co"
see '404 Co Unknown' "cos/$co.json"
see '404 CoPerson Unknown' "co_people/$person.json"
