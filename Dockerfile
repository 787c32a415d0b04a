# syntax=docker/dockerfile:1
# Two images: `static` contains only the binary, and `git` also contains git, for --since, --staged and --trust-ref.
FROM rust:1.90-alpine AS build
# hadolint ignore=DL3018 # the C library's headers of the same Alpine release
RUN apk add --no-cache musl-dev
WORKDIR /build
COPY Cargo.toml Cargo.lock build.rs ./
COPY src src
COPY crates crates
COPY policies policies
COPY data data
COPY schemas schemas
RUN cargo build --release --locked --bin leaver && install -d -m 1777 /rootfs/tmp && install -D target/release/leaver /rootfs/leaver

FROM alpine:3.22 AS git
# hadolint ignore=DL3018 # security fixes of git are wanted
RUN apk add --no-cache git && git config --system --add safe.directory '*'
COPY --from=build /rootfs/leaver /usr/local/bin/leaver
USER 65532:65532
WORKDIR /catalogue
ENTRYPOINT ["leaver"]
CMD ["check"]

FROM scratch AS static
COPY --from=build /rootfs/ /
USER 65532:65532
WORKDIR /catalogue
ENTRYPOINT ["/leaver"]
CMD ["check"]
