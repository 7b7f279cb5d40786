# An Asterisk for the first look of compose.yaml, with our files included as docs/operating.md tells. Debian's own
# package; not meant for a contact centre.
FROM docker.io/library/debian:sid-slim
RUN apt-get -qq update \
    && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends \
        asterisk asterisk-modules asterisk-core-sounds-en-wav asterisk-moh-opsound-wav > /dev/null \
    && rm -rf /var/lib/apt/lists/* \
    && for language in nl en; do \
        mkdir -p /usr/share/asterisk/sounds/$language \
        && ln -s /srv/asterisk/sounds/$language/idbellen /usr/share/asterisk/sounds/$language/idbellen; \
    done \
    && install -d -o asterisk -g asterisk /run/asterisk
COPY compose/asterisk /etc/asterisk
COPY dialplan asterisk-config /etc/asterisk/idbellen/
# The manager's secret and the phones' password are drawn at the first start: see compose/setup.
RUN ln -s /srv/asterisk/manager-secret.conf /etc/asterisk/idbellen/manager-secret.conf
USER asterisk
EXPOSE 5060/udp
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s CMD ["asterisk", "-rx", "core waitfullybooted"]
CMD ["asterisk", "-f"]
