# ID Bellen in a container: the `idbellen` command, no compiler, no package manager's caches, no root.
#
#   docker build -t idbellen .
#   docker run --network host -v idbellen:/var/lib/idbellen -v /etc/idbellen:/etc/idbellen:ro idbellen up
#
# /etc/idbellen/idbellen.toml is read if it is there, and the environment over it (docs/settings.md). All that is
# ever written is in the volume; the rest may be read-only. docs/operating.md tells how it goes beside a PBX.
#
# Packages come from where this build's clients find them. Where those must be told (a mirror, a proxy, a certificate
# of your own), give their files as secrets, which leave no trace in the image: --secret id=apt.conf,src=… and
# likewise pip.conf, npmrc and ca-certificates, which the others find as /run/secrets/ca-certificates. scripts/image
# passes on what the machine itself uses.

FROM docker.io/library/debian:trixie-slim AS debian
ENV LANG=C.UTF-8


FROM debian AS builder
ENV DEBIAN_FRONTEND=noninteractive \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
RUN --mount=type=secret,id=apt.conf,target=/etc/apt/apt.conf.d/99build \
    apt-get -qq update \
    && apt-get -qq install --no-install-recommends ca-certificates npm python3-hatchling python3-pip python3-venv \
        > /dev/null


FROM builder AS frontend
WORKDIR /build
COPY scripts/frontend scripts/packages scripts/
COPY web/frontend web/frontend
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=secret,id=ca-certificates \
    scripts/frontend


FROM builder AS venv
WORKDIR /build
COPY requirements.lock .
# Wheels only, hence no compiler; the lock's hashes only, hence no surprise.
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    --mount=type=secret,id=ca-certificates \
    python3 -m venv --without-pip /opt/idbellen \
    && pip --python /opt/idbellen/bin/python install --quiet --only-binary :all: --require-hashes --no-deps -r requirements.lock
COPY . .
COPY --from=frontend /build/web/static/dist web/static/dist
RUN pip wheel --quiet --no-build-isolation --no-deps --no-index --wheel-dir dist . \
    && pip --python /opt/idbellen/bin/python install --quiet --no-deps --no-index dist/idbellen-*.whl


FROM debian
RUN --mount=type=secret,id=apt.conf,target=/etc/apt/apt.conf.d/99build \
    apt-get -qq update \
    && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends \
        ca-certificates espeak-ng python3 sox tzdata > /dev/null \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/idbellen --shell /usr/sbin/nologin idbellen \
    && install -d -o idbellen -g idbellen -m 700 /var/lib/idbellen \
    && install -d /etc/idbellen
COPY --from=venv /opt/idbellen /opt/idbellen

LABEL org.opencontainers.image.title="ID Bellen" \
      org.opencontainers.image.description="Callers to a contact centre, proven before the agent says hello." \
      org.opencontainers.image.licenses="EUPL-1.2"
ENV PATH=/opt/idbellen/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    IDBELLEN_DATA_DIR=/var/lib/idbellen
# A number, so that a platform can see that it is not root's.
USER 10001:10001
WORKDIR /etc/idbellen
VOLUME /var/lib/idbellen
# FastAGI, pages. Both listen on loopback until agi.host and web.host say otherwise.
EXPOSE 4573 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=2 CMD ["python", "-m", "idbellen.alive"]
ENTRYPOINT ["idbellen"]
CMD ["up"]
