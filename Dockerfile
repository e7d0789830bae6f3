# One image for every process: the command decides which (see compose.yaml).
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=heartvoice.settings
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin heartvoice
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY . .
# Styles and scripts get names by content; no configuration is needed for that.
RUN python manage.py collectstatic --noinput --verbosity 0 && python -m compileall -q .
RUN install -d -o 10001 -m 700 /spool
USER 10001
EXPOSE 8000
# Liveness only: a process that waits for its database must not be restarted for it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000"]
