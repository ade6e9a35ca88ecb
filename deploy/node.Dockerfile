# A state's own side: kernel, law and node; never the broker.
# Built from the root of the repository: docker build -f deploy/node.Dockerfile -t valija-node .
FROM python:3.11-slim-bookworm AS wheels
WORKDIR /build
COPY requirements.lock deploy/setup/venv.sh deploy/node.lock ./
RUN sh venv.sh \
    && .venv/bin/uv venv --python /usr/local/bin/python3 /opt/venv \
    && VIRTUAL_ENV=/opt/venv .venv/bin/uv pip sync --require-hashes node.lock

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10002 --home-dir /var/lib/valija --create-home valija
COPY --from=wheels /opt/venv /opt/venv
COPY valija/ /app/valija/
COPY policies/ /app/policies/
COPY node/ /app/node/
ENV PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10002
WORKDIR /var/lib/valija
VOLUME /var/lib/valija
EXPOSE 7450
ENTRYPOINT ["/opt/venv/bin/python", "-m", "node"]
CMD ["serve", "--config", "/etc/valija/node.toml"]
