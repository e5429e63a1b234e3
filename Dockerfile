# An image with nothing but the static binary of `make build`:
#
#     make build && docker build -t orglink .
#
# There are no certificate authorities in it, which would age: to check the certificate
# of a Postgres server, mount its authority and name it (sslmode=verify-full and
# sslrootcert=FILE in the database's URL).

# Only the owner of a directory makes a volume of it that the server can write to;
# without a shell, WORKDIR is what makes directories.
FROM scratch AS directories
WORKDIR /data
WORKDIR /tmp

FROM scratch
COPY bin/orglink /orglink
COPY --from=directories --chown=65532:65532 /data /data
# SQLite sorts there what is too large for memory.
COPY --from=directories --chown=65532:65532 /tmp /tmp
USER 65532:65532
WORKDIR /data
VOLUME /data
ENV ORGLINK_ADDR=0.0.0.0:8080 \
    ORGLINK_DATABASE_URL=sqlite:/data/orglink.db \
    ORGLINK_LOG_FORMAT=json
EXPOSE 8080
ENTRYPOINT ["/orglink"]
CMD ["serve"]
