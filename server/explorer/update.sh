#!/bin/sh
# Brings the files in assets/ to another version of Swagger UI and writes their
# checksums anew:
#
#	server/explorer/update.sh 5.35.0
#	go test ./server/...
#
# It needs npm and sha256sum. `npm pack` fetches the package and checks its
# integrity; `npm install` would also run the install script of a dependency that
# reports usage.
set -eu

version=${1:?usage: update.sh VERSION}
cd "$(dirname "$0")/assets"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

npm pack --silent --pack-destination "$work" "swagger-ui-dist@$version" >/dev/null
tar -xzf "$work"/*.tgz -C "$work"

set -- LICENSE NOTICE favicon-16x16.png favicon-32x32.png \
	oauth2-redirect.html oauth2-redirect.js \
	swagger-ui.css swagger-ui-bundle.js swagger-ui-bundle.js.LICENSE.txt
for file; do
	install -m 644 "$work/package/$file" "$file"
done
echo "swagger-ui-dist $version" >VERSION
sha256sum VERSION "$@" >SHA256SUMS
