# The carrier that cannot read: kernel and broker, without node, law, sealing or opening.
# Built from the root of the repository: docker build -f deploy/broker.Dockerfile -t valija-broker .
FROM python:3.11-slim-bookworm AS wheels
WORKDIR /build
COPY requirements.lock deploy/setup/venv.sh deploy/broker.lock ./
RUN sh venv.sh \
    && .venv/bin/uv venv --python /usr/local/bin/python3 /opt/venv \
    && VIRTUAL_ENV=/opt/venv .venv/bin/uv pip sync --require-hashes broker.lock

FROM python:3.11-slim-bookworm AS files
WORKDIR /app
COPY valija/ valija/
COPY broker/ broker/
# A broker must not open what it carries, not even with a key that somebody hands it.
RUN rm valija/opening.py

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/valija --create-home valija
COPY --from=wheels /opt/venv /opt/venv
COPY --from=files /app /app
ENV PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /var/lib/valija
VOLUME /var/lib/valija
EXPOSE 7443 7444
ENTRYPOINT ["/opt/venv/bin/python", "-m", "broker"]
CMD ["serve", "--config", "/etc/valija/broker.toml"]
